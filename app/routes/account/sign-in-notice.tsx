/**
 * Says that the visitor of an open page was signed out elsewhere. It leaves the focus and the fields alone, because somebody may
 * be typing; and it asks for the sign-in in a new tab, because this one has what was typed.
 */
import { useLocation, useNavigation } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { SignInState, SignInWatch } from "./live-sign-out";

// After the page's own scripts. If it does not load, the next request finds out.
const load = () => import("./live-sign-out");

/** Whose page was watched last in this document. */
let lastPath: string | undefined;

/** Whether the page's user is still signed in. `watch` is what signInWatch (lib/sign-in-watch.server.ts) has returned. */
export function useSignInState(watch: SignInWatch | undefined): SignInState {
  const { path, isLive } = watch ?? { path: "", isLive: false };
  const [news, setNews] = useState<{ path: string; state: SignInState }>();
  useEffect(() => {
    if (!path) return;
    const onChange = (state: SignInState) => {
      // The link goes, and must not take the focus with it.
      const isFocused = document.activeElement?.closest(".sign-in-notice");
      if (isFocused) document.getElementById("main")?.focus({ preventScroll: true });
      setNews({ path, state });
    };
    let isLeft = false;
    const watching = load().then(({ watchSignIn }) => (isLeft ? undefined : watchSignIn({ path, isLive }, onChange)));
    watching.catch(() => {});
    return () => {
      isLeft = true;
      // Whoever signs in again under this name begins anew.
      setNews(undefined);
      watching.then((stop) => stop?.()).catch(() => {});
    };
  }, [path, isLive]);

  useEffect(() => {
    // A sign-in without a script comes with the document, any other in the same one.
    const cameFromHere = document.referrer.startsWith(`${location.origin}/`);
    const hasChanged = lastPath === undefined ? cameFromHere : lastPath !== path;
    lastPath = path;
    if (hasChanged)
      load()
        .then(({ announceSignIn }) => announceSignIn())
        .catch(() => {});
  }, [path]);

  // Whoever signs out here hears of it before the answer is drawn, and knows it.
  const isIdle = useNavigation().state === "idle";
  const [shownNews, setShownNews] = useState(news);
  useEffect(() => {
    if (isIdle) setShownNews(news);
  }, [isIdle, news]);
  return shownNews?.path === path ? shownNews.state : "same";
}

export function SignInNotice({ state }: { state: SignInState }) {
  const { pathname, search } = useLocation();

  return (
    // Always there, since a screen reader announces what is added to a region that it knows.
    <div aria-live="assertive" data-testid="sign-in-notice" className="sign-in-notice">
      {state === "ended" && (
        <section className="notice">
          <h2 className="text-lg font-bold">You are signed out</h2>
          <p className="mt-1">
            You signed out in another tab or on another device, or were away for too long. What you typed is still here,
            but nothing is saved until you{" "}
            <a href="/account" target="_blank" rel="noopener" className="link">
              sign in again, in a new tab
            </a>
            .
          </p>
        </section>
      )}
      {state === "other" && (
        <section className="notice">
          <h2 className="text-lg font-bold">Somebody else is signed in</h2>
          <p className="mt-1">
            This browser has signed in with another name, in another tab. What you typed is still here.{" "}
            <a href={pathname + search} className="link">
              Reload the page
            </a>{" "}
            to go on with that name.
          </p>
        </section>
      )}
    </div>
  );
}
