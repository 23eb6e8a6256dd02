/**
 * Remix's scripts, fetched after what the first paint needs. Browsers give a `modulepreload` the priority of a style
 * sheet, and on a slow line the two share it; but every page here can be read, and every form sent, before its script.
 */
import { Scripts } from "@remix-run/react";
import { Children, cloneElement, isValidElement, type ReactElement, type ReactNode } from "react";

// In lower case, as React 18 does not know it, nor its types.
const late = { fetchpriority: "low" } as object;

export function LateScripts({ nonce }: { nonce: string | undefined }) {
  // Called and not rendered: what it returns is to be looked at. Once the page is hydrated, that is nothing.
  const scripts = Scripts({ nonce }) as ReactElement<{ children: ReactNode }> | null;
  if (!scripts) return null;
  return Children.map(scripts.props.children, (child) =>
    isValidElement<{ rel?: string }>(child) && child.props.rel === "modulepreload" ? cloneElement(child, late) : child,
  );
}
