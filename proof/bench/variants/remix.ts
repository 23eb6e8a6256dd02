/** Remix's own cookie storage, opened and committed by hand in the loader, as Remix's documentation has it. */
import { createCookieSessionStorage } from "@remix-run/cloudflare";
import { type Env, handle } from "../app/app";
import { SECRET, type Work } from "../app/variant";

const { getSession, commitSession } = createCookieSessionStorage({
  cookie: { name: "__session", httpOnly: true, path: "/", sameSite: "lax", secrets: [SECRET], maxAge: 2_592_000 },
});

async function doWork(request: Request, { name, value }: Work) {
  const session = await getSession(request.headers.get("Cookie"));
  switch (name) {
    case "untouched":
      return { value };
    case "read":
      return { value: session.get("theme") };
    case "write":
      session.set("theme", value);
      return { value, headers: { "Set-Cookie": await commitSession(session) } };
    case "flash":
      session.flash("message", value);
      return { value, headers: { "Set-Cookie": await commitSession(session) } };
    case "show": {
      const message = session.get("message");
      return { value: message, headers: { "Set-Cookie": await commitSession(session) } };
    }
  }
}

export default { fetch: (request: Request, env: Env) => handle(request, env, (work) => doWork(request, work)) };
