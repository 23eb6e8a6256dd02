/**
 * A link that is followed while a form is on its way would abort it, and so lose the cookie that its answer sends. At a sign-in
 * that is the one with the new id. So the link waits for the page that the form leads to, and is followed if it is still there.
 * If the form is refused, its page stays and says so. A link that is asked for again waits no longer. Without JavaScript the
 * browser leaves at once.
 */
import { useEffect } from "react";
import { router, useOnceDrawn, whenFormEnds } from "~/lib/router";

export function useWaitingLinks(): void {
  const onceDrawn = useOnceDrawn();
  useEffect(() => {
    let waiting: HTMLAnchorElement | undefined;
    const waitWith = (link?: HTMLAnchorElement) => {
      if (waiting) delete waiting.dataset.waiting;
      if (link) link.dataset.waiting = "";
      waiting = link;
    };

    const onClick = (event: MouseEvent) => {
      if (router()?.state.navigation.state !== "submitting" || opensElsewhere(event)) return;
      const { target, detail } = event;
      const link = target instanceof Element && target.closest("a[href]:not([href^='#'], [target], [download])");
      if (!(link instanceof HTMLAnchorElement)) return;
      // The second click of a double click does not ask again.
      const isAgain = link === waiting && detail < 2;
      waitWith(isAgain ? undefined : link);
      if (!isAgain) event.preventDefault();
    };
    // Before React's own listeners.
    addEventListener("click", onClick, true);

    const stop = whenFormEnds(({ outcome }) => {
      const link = waiting;
      waitWith(undefined);
      // If the page were not drawn, neither would its message be.
      if (link && outcome === "redirected") onceDrawn(() => link.isConnected && link.click());
    });

    return () => {
      removeEventListener("click", onClick, true);
      stop?.();
    };
  }, [onceDrawn]);
}

const opensElsewhere = ({ ctrlKey, metaKey, shiftKey, altKey }: MouseEvent) => ctrlKey || metaKey || shiftKey || altKey;
