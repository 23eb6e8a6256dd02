/**
 * A link to an element of this page. To the router, a change of the fragment is a navigation, which drops the action's
 * data: an error summary would vanish at a click on its own link. So the script moves the focus itself. Without
 * JavaScript it is a plain link.
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
