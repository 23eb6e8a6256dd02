/**
 * A link that is followed while a form is on its way would abort it, and so lose the cookie that its answer sends. At a sign-in
 * that is the one with the new id. So the link waits for the page that the form leads to. If the form is refused, its page stays
 * and says so. A link that is asked for again waits no longer. Without JavaScript nothing can be done: the browser leaves.
 */
import { router, whenFormEnds } from "./router";

/** Call it in an effect: it returns what ends it. */
export function letLinksWait(): () => void {
  let waiting: HTMLElement | undefined;

  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLElement>("a[href]:not([href^='#'], [target], [download])");
    if (!link || router()?.state.navigation.state !== "submitting" || opensElsewhere(event)) return;
    // The second click of a double click is no second wish.
    const isAgain = link === waiting && event.detail < 2;
    waiting = isAgain ? undefined : link;
    if (!isAgain) event.preventDefault();
  };
  // Before React's own listeners.
  addEventListener("click", onClick, true);

  const stop = whenFormEnds(({ wasRedirected }) => {
    const link = waiting;
    waiting = undefined;
    // The router has yet to finish with this page.
    if (wasRedirected) queueMicrotask(() => link?.click());
  });

  return () => {
    removeEventListener("click", onClick, true);
    stop?.();
  };
}

const opensElsewhere = ({ ctrlKey, metaKey, shiftKey, altKey }: MouseEvent) => ctrlKey || metaKey || shiftKey || altKey;
