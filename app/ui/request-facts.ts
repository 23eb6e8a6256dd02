/**
 * What the server knows about a request before any loader runs. An error page can lack loader data (the root loader failed,
 * or the route has no action), and must still be drawn in the visitor's theme.
 */
import { createContext, useContext } from "react";
import type { Theme } from "~/routes/theme-toggle/theme";

export type RequestFacts = {
  theme: Theme | undefined;
  /** Whether the document shows a form that was not accepted. */
  isFormRefused?: boolean;
  /** The response's Content-Security-Policy nonce. Only on the server: browsers hide it from scripts. */
  nonce?: string | undefined;
};

export const RequestFactsContext = createContext<RequestFacts>({ theme: undefined });

/** Returns the facts from entry.server.tsx, or from entry.client.tsx in the browser. */
export function useRequestFacts(): RequestFacts {
  return useContext(RequestFactsContext);
}
