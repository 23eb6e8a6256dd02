/** The nonce of the response's Content-Security-Policy. Only on the server: browsers hide it from scripts. */
import { createContext } from "react";

export const NonceContext = createContext<string | undefined>(undefined);
