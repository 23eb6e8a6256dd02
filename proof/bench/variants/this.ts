/** This project, wired as in worker.ts. SESSION_STORE names the store. */
import {
  getConfig,
  handleFetch,
  type SessionEnv,
  SuperflareSession,
  withoutOriginHeader,
} from "../../../app/lib/session";
import { createSessionStorage } from "../../../app/lib/session/stores";
import { type Env, handle } from "../app/app";
import type { Work } from "../app/variant";

export { SessionObject } from "../../../app/lib/session/stores";

type Session = SuperflareSession<{ theme: string }, { message: string }>;

function doWork(session: Session, { name, value }: Work) {
  switch (name) {
    case "untouched":
      return { value };
    case "read":
      return { value: session.get("theme") };
    case "write":
      session.set("theme", value);
      return { value };
    case "flash":
      session.flash("message", value);
      return { value };
    case "show":
      return { value: session.getFlash("message") };
  }
}

export default {
  async fetch(request: Request, env: SessionEnv & Env, ctx: ExecutionContext) {
    const config = getConfig({ request, env, ctx });
    const sessionStorage = createSessionStorage<{ theme: string }, { message: string }>(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    return handleFetch(
      {
        config,
        session,
        getSessionCookie: () => sessionStorage.commitSession(session.getSession()),
      },
      () => handle(withoutOriginHeader(request), env, (work) => doWork(session, work)),
    );
  },
};
