/** No sessions at all: what the others are measured against. */
import { type Env, handle } from "../app/app";

export default { fetch: (request: Request, env: Env) => handle(request, env, ({ value }) => ({ value })) };
