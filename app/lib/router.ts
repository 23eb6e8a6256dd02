/**
 * Remix's router itself. `useNavigation` tells a component what the router does once React has drawn again. Two clicks can come
 * before that, and a navigation that ends before that is never told.
 */
import type { Location, Navigation } from "@remix-run/react";
import { startTransition, useCallback, useEffect, useState } from "react";

interface Router {
  state: { location: Location; navigation: Navigation };
  subscribe(listener: (state: Router["state"]) => void): () => void;
}

const remix: { __remixRouter?: Router } = globalThis;

/** `undefined` on the server and before hydration. */
export const router = () => remix.__remixRouter;

type Ended = { action: string; outcome: "redirected" | "stayed" | "aborted" };

/**
 * Calls `onEnd` when the page that a form leads to is here, or its own page with what was wrong, or when something else has taken
 * its place. Call it in an effect: it returns what ends it.
 */
export function whenFormEnds(onEnd: (ended: Ended) => void): (() => void) | undefined {
  let sent: Extract<Navigation, { state: "submitting" }> | undefined;
  return router()?.subscribe(({ navigation, location }) => {
    if (navigation.state === "submitting") {
      sent = navigation;
      return;
    }
    // While the page that it leads to is loaded, the router still names the form.
    if (!sent || (navigation.state === "loading" && navigation.formAction === sent.formAction)) return;
    const { formAction: action, location: sentTo } = sent;
    sent = undefined;
    // A redirect has a location of its own, even to the same address.
    const outcome = location.key === sentTo.key ? "stayed" : "redirected";
    onEnd({ action, outcome: navigation.state === "loading" ? "aborted" : outcome });
  });
}

/**
 * Returns a function that calls back once the page is drawn that the router has just told React of. React draws it in a
 * transition, along with what else becomes one in the same moment.
 */
export function useOnceDrawn(): (callback: () => void) => void {
  const [drawn, setDrawn] = useState<() => void>();
  useEffect(() => drawn?.(), [drawn]);
  return useCallback((callback) => startTransition(() => setDrawn(() => callback)), []);
}
