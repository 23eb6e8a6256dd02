import { createContext } from "react-router";

/** What the Worker was called with. `request` still has its Origin header, unlike that of the middleware's arguments. */
export const workerContext = createContext<{ request: Request; env: Env; ctx: ExecutionContext }>();
