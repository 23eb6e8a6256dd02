/** Says that the browser refuses cookies, and what that means. A script finds out: no page and no route has to take part. */
import { useEffect, useState } from "react";

export function CookieNotice() {
  const [isRefused, setIsRefused] = useState(false);
  // Not `navigator.cookieEnabled`: Chromium says true even if it blocks all of them.
  useEffect(() => setIsRefused(!keepsCookie()), []);
  if (!isRefused) return null;
  return (
    <section aria-labelledby="cookie-notice" className="notice">
      <h2 id="cookie-notice" className="text-lg font-bold">
        Your browser refuses cookies
      </h2>
      <p className="mt-1">
        So the site cannot remember your theme, show confirmations or sign you in. Allow cookies for this site in the
        settings of your browser, then reload the page.
      </p>
    </section>
  );
}

function keepsCookie(): boolean {
  const probe = "cookie-probe=1";
  // biome-ignore lint/suspicious/noDocumentCookie: WebKit and Firefox ESR have no other way that says so at once
  document.cookie = `${probe}; SameSite=Lax`;
  const isKept = document.cookie.includes(probe);
  // biome-ignore lint/suspicious/noDocumentCookie: as above
  document.cookie = `${probe}; SameSite=Lax; Max-Age=0`;
  return isKept;
}
