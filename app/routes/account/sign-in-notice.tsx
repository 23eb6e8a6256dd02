/**
 * Says on an open page that its visitor was signed out elsewhere. It leaves the focus and the fields alone, because somebody
 * may be typing, and links to the sign-in in a new tab, because this one has what was typed.
 */
import { useLocation } from "@remix-run/react";
import { useEffect, useState } from "react";
import { type SignInState, type SignInWatch, watchSignIn } from "./live-sign-out";

/** Whether the page's user is still signed in. `watch` is what `signInWatch` returned to the loader. */
export function useSignInState({ path, isLive }: Partial<SignInWatch> = {}): SignInState {
  const [state, setState] = useState<SignInState>("same");
  useEffect(() => {
    if (path === undefined) return;
    const stop = watchSignIn({ path, isLive: isLive === true }, setState);
    return () => {
      stop();
      // Reset, in case the same user signs in again.
      setState("same");
    };
  }, [path, isLive]);
  return state;
}

export function SignInNotice({ watch }: { watch: SignInWatch | undefined }) {
  const { pathname, search } = useLocation();
  const state = useSignInState(watch);

  return (
    // Always there: a screen reader announces what is added to a region that it knows. It stays in sight, because
    // somebody may be typing further down the page.
    <div aria-live="assertive" data-testid="sign-in-notice" className="sticky top-2 z-1 not-empty:mb-8">
      {state === "ended" && (
        <section className="notice mt-0">
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
        <section className="notice mt-0">
          <h2 className="text-lg font-bold">Somebody else is signed in</h2>
          <p className="mt-1">
            Another user signed in, in another tab of this browser. What you typed is still here.{" "}
            <a href={pathname + search} className="link">
              Reload the page
            </a>{" "}
            to continue as that user.
          </p>
        </section>
      )}
    </div>
  );
}
