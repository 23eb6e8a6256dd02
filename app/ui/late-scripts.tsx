/**
 * Remix's scripts, loaded at low priority. Browsers load a `modulepreload` at the priority of a style sheet, so on a slow
 * connection the two compete. Every page here can be read, and every form sent, before its script.
 */
import { Scripts } from "@remix-run/react";
import { Children, cloneElement, isValidElement, type ReactElement, type ReactNode } from "react";

// Lower case, because React 18 and its types do not know the attribute.
const late = { fetchpriority: "low" } as object;

export function LateScripts({ nonce }: { nonce: string | undefined }) {
  // Called, not rendered, to get at the elements it returns. It returns none once the page is hydrated.
  const scripts = Scripts({ nonce }) as ReactElement<{ children: ReactNode }> | null;
  if (!scripts) return null;
  return Children.map(scripts.props.children, (child) =>
    isValidElement<{ rel?: string }>(child) && child.props.rel === "modulepreload" ? cloneElement(child, late) : child,
  );
}
