/** The top of a page: one line that says what it shows, in code or as a status, its one h1, and a sentence or two. */
import type { ReactNode } from "react";

export function PageHeading({ kicker, title, children }: { kicker: string; title: string; children: ReactNode }) {
  return (
    <div className="max-w-prose">
      <p className="kicker">{kicker}</p>
      <h1 className="heading-1">{title}</h1>
      <div className="mt-4 text-lg text-muted">{children}</div>
    </div>
  );
}
