/** Says that the browser refused the session's cookie, and what that means: app/lib/cookie-check.ts finds it out. */
import { useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { expectingCookie, withoutMark } from "~/lib/cookie-check";
import { useRootData } from "./use-root-data";

export function CookieRefused() {
  const { pathname, search } = useLocation();
  const notice = useRef<HTMLElement>(null);
  // Every write that ends here brings new data, and the focus returns: the form is empty again.
  const root = useRootData();
  useEffect(() => {
    if (root) notice.current?.focus();
  }, [root]);

  return (
    <section
      ref={notice}
      aria-labelledby="cookie-refused"
      tabIndex={-1}
      // Works without JavaScript.
      // biome-ignore lint/a11y/noAutofocus: without it, what was just sent seems to have had no effect
      autoFocus
      className="notice"
    >
      <h2 id="cookie-refused" className="text-lg font-bold">
        Your browser refused the cookie
      </h2>
      <p className="mt-1">
        Your request arrived, but your browser did not send back the cookie that came with the answer. The server has no
        other way to know you, so it has forgotten what you did: no theme stays, no message appears after a form, and
        you cannot sign in.
      </p>
      <p className="mt-2">
        Allow cookies for this site in the settings of your browser, and then{" "}
        {/* A new document, because the browser may apply the setting only to one. */}
        <a href={expectingCookie(withoutMark(pathname + search))} className="link">
          check again
        </a>
        .
      </p>
    </section>
  );
}
