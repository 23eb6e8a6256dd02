/**
 * What the server knows of a request before any loader has run. An error page may come without loader data (the root
 * loader failed, or a route has no action for the method), and it must still be drawn in the visitor's theme.
 */
import { createContext, useContext } from "react";
import type { Theme } from "~/lib/theme";

export type RequestFacts = {
  theme: Theme | undefined;
  /** The Content-Security-Policy nonce of this response. Browsers hide it from scripts, so only the server has it. */
  nonce?: string | undefined;
};

export const RequestFactsContext = createContext<RequestFacts>({ theme: undefined });

/** Returns the facts that entry.server.tsx, or in the browser entry.client.tsx, has provided. */
export function useRequestFacts(): RequestFacts {
  return useContext(RequestFactsContext);
}
