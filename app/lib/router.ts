/**
 * Remix's router itself. `useNavigation` tells a component what it does once React has drawn again. Two clicks can come before
 * that, and what takes no longer than a drawing may never be told.
 */
import type { Location, Navigation } from "@remix-run/react";

interface Router {
  state: { location: Location; navigation: Navigation };
  subscribe(listener: (state: Router["state"]) => void): () => void;
}

const remix: { __remixRouter?: Router } = globalThis;

/** Returns it in the browser, from hydration on. */
export const router = () => remix.__remixRouter;

type Sent = { action: string; wasRedirected: boolean };

/**
 * Calls `onEnd` when the page that a form leads to is here, or its own page with what was wrong. Not for a form that was
 * aborted. Call it in an effect: it returns what ends it.
 */
export function whenFormEnds(onEnd: (sent: Sent) => void): (() => void) | undefined {
  let sent: Extract<Navigation, { state: "submitting" }> | undefined;
  return router()?.subscribe(({ navigation, location }) => {
    if (navigation.state === "submitting") sent = navigation;
    else if (navigation.state === "loading") sent = navigation.formAction ? sent : undefined;
    else if (sent) {
      const { formAction, location: sentTo } = sent;
      sent = undefined;
      // A redirect has a location of its own, even to the same address.
      onEnd({ action: formAction, wasRedirected: location.key !== sentTo.key });
    }
  });
}
