/**
 * A link to a place on this page. Left to the router, a change of the fragment counts as a navigation and drops the
 * action's data: an error summary would vanish at the click on one of its own links. So the script moves the focus
 * itself; without the script it is an ordinary link.
 */
import type { ReactNode } from "react";

type InPageLinkProps = { to: string; className?: string; children: ReactNode };

export function InPageLink({ to, className, children }: InPageLinkProps) {
  return (
    <a
      href={`#${to}`}
      className={className}
      onClick={(event) => {
        const target = document.getElementById(to);
        if (!target) return;
        event.preventDefault();
        target.focus();
        target.scrollIntoView({ block: "nearest" });
      }}
    >
      {children}
    </a>
  );
}
