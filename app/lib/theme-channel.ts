/**
 * Tells the site's other tabs which theme was saved, so that all of them are drawn alike without asking the server: a
 * request of a tab in the background could use up a message that nobody sees.
 */
import { parseThemeChoice, type ThemeChoice } from "./theme";

const CHANNEL = "theme";

/** For the browser alone, once the choice is saved. */
export function announceTheme(choice: ThemeChoice): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(choice);
  channel.close();
}

/**
 * Calls back with each choice that is announced, in this tab too. Anything else that comes over the channel is dropped:
 * other code of this origin may use the name, or an older version of this page. Returns what ends it.
 */
export function listenForThemes(onChoice: (choice: ThemeChoice) => void): () => void {
  let channel: BroadcastChannel | undefined;
  const open = () => {
    channel ??= new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      const choice = parseThemeChoice(data);
      if (choice) onChoice(choice);
    };
  };
  // A page with an open channel may not be kept for the back button.
  const close = () => {
    channel?.close();
    channel = undefined;
  };

  open();
  addEventListener("pageshow", open);
  addEventListener("pagehide", close);
  return () => {
    close();
    removeEventListener("pageshow", open);
    removeEventListener("pagehide", close);
  };
}
