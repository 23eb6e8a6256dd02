/** Remix's `<Meta>`, with "Error:" before the title of a page with a refused form. A route's `meta` does not know of it. */
import { Meta } from "@remix-run/react";
import { Children, cloneElement, isValidElement, type ReactElement, type ReactNode } from "react";

export function DocumentMeta({ hasErrors }: { hasErrors: boolean }) {
  // Called, not rendered, to get at the elements it returns.
  const { children } = (Meta() as ReactElement<{ children: ReactNode }>).props;
  return Children.map(children, (child) =>
    hasErrors && isValidElement<{ children?: ReactNode }>(child) && child.type === "title"
      ? cloneElement(child, undefined, `Error: ${child.props.children}`)
      : child,
  );
}
