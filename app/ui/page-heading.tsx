/** The top of a page: a line of code or a status, the h1, and a sentence or two. */
import type { ReactNode } from "react";

export function PageHeading({ kicker, title, children }: { kicker: string; title: ReactNode; children: ReactNode }) {
  return (
    <div className="max-w-prose">
      <p className="kicker">{kicker}</p>
      {/* Takes the focus after a client-side navigation: page-effects.tsx. */}
      <h1 className="heading-1" tabIndex={-1}>
        {title}
      </h1>
      <div className="mt-4 text-lg text-muted">{children}</div>
    </div>
  );
}
