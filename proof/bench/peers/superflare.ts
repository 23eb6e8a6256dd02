/** npm `superflare`: its SuperflareSession over Remix's cookie storage, committed by its handleFetch. */
import { createCookieSessionStorage } from "@remix-run/cloudflare";
import { handleFetch, SuperflareSession } from "superflare";
import { type Env, handle } from "../app/app";
import { SECRET, type Work } from "../app/variant";

const { getSession, commitSession } = createCookieSessionStorage({
  cookie: { name: "__session", httpOnly: true, path: "/", sameSite: "lax", secrets: [SECRET], maxAge: 2_592_000 },
});

function doWork(session: SuperflareSession, { name, value }: Work) {
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
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    const session = new SuperflareSession(await getSession(request.headers.get("Cookie")));
    const getSessionCookie = () => commitSession(session.getSession());
    const config = () => ({});
    return handleFetch({ request, env, ctx, config, session, getSessionCookie } as never, () =>
      handle(request, env, (work) => doWork(session, work)),
    );
  },
};
