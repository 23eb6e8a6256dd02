import { createContext } from "react-router";
import type { SessionData, SessionFlashData } from "~/journey";
import type { SuperflareSession } from "~/lib/session";

/** `context.get(sessionContext)` in a loader, an action or a middleware. */
export const sessionContext = createContext<SuperflareSession<SessionData, SessionFlashData>>();
