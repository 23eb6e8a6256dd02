/**
 * Tells the site's other tabs which theme was saved. They do not ask the server: a request from a background tab could use
 * up a message that nobody sees.
 */
import { parseThemeChoice, type ThemeChoice } from "./theme";

const CHANNEL = "theme";

/** Announces a choice that was saved. In the browser only. */
export function announceTheme(choice: ThemeChoice): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(choice);
  channel.close();
}

/**
 * Calls back with every announced choice, those of this tab too. Ignores anything else on the channel: other code of this
 * origin, or an older version of this page, may use the same name. Returns a function that stops listening.
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
  // An open channel keeps a page out of the back/forward cache.
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
