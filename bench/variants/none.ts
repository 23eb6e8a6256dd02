/** No sessions at all: what the others are measured against. */
import { handle } from "../app/app";

export default { fetch: (request: Request) => handle(request, ({ value }) => ({ value })) };
