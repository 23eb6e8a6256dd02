/**
 * The session's steps, one at a time and many times over, with no router and no network between them: `/open?count=500`
 * opens a cookie 500 times. Each builds on one before it, so that the difference is what the step costs.
 */
import { createCookieSessionStorage } from "@remix-run/cloudflare";
import {
  createSessionStorage,
  getConfig,
  handleFetch,
  type SessionEnv,
  SuperflareSession,
} from "../../../app/lib/session";
import { SECRET } from "../app/variant";

interface Data {
  theme: string;
}

/** A request of a visitor who has this cookie. */
function openSession(cookie: string, env: SessionEnv) {
  const request = new Request("https://example.com/", { headers: cookie ? { Cookie: cookie } : {} });
  const config = getConfig({ request, env });
  return { config, storage: createSessionStorage<Data>(config), header: request.headers.get("Cookie") };
}

type Handler = (session: SuperflareSession<Data>) => void;

/** The whole of it, as in worker.ts. `line` takes the place of what a commit makes. */
async function respond(cookie: string, env: SessionEnv, handler: Handler, line?: string) {
  const { config, storage, header } = openSession(cookie, env);
  const session = new SuperflareSession(await storage.getSession(header));
  const getSessionCookie = () => (line ? Promise.resolve(line) : storage.commitSession(session.getSession()));
  return handleFetch({ config, session, getSessionCookie }, () => {
    handler(session);
    return new Response("value");
  });
}

const remix = createCookieSessionStorage<Data>({
  cookie: { name: "__session", httpOnly: true, path: "/", sameSite: "lax", secrets: [SECRET], maxAge: 2_592_000 },
});

let count = 0;
const write: Handler = (session) => session.set("theme", `value-${++count}`);
const cookieOf = (line: string) => line.slice(0, line.indexOf(";"));

async function createSteps(env: SessionEnv): Promise<Record<string, () => unknown>> {
  const line = (await respond("", env, write)).headers.getSetCookie()[0] ?? "";
  const cookie = cookieOf(line);
  const remixSession = await remix.getSession();
  remixSession.set("theme", "value");
  const remixCookie = cookieOf(await remix.commitSession(remixSession));
  return {
    request: () => {
      new Request("https://example.com/", { headers: { Cookie: cookie } }).headers.get("Cookie");
      return new Response("value");
    },
    config: () => {
      openSession(cookie, env);
      return new Response("value");
    },
    open: async () => {
      const { storage, header } = openSession(cookie, env);
      await storage.getSession(header);
      return new Response("value");
    },
    anonymous: () => respond("", env, () => {}),
    untouched: () => respond(cookie, env, () => {}),
    read: () => respond(cookie, env, (session) => session.get("theme")),
    headers: () => respond(cookie, env, write, line),
    write: () => respond(cookie, env, write),
    "remix-open": async () => {
      const request = new Request("https://example.com/", { headers: { Cookie: remixCookie } });
      await remix.getSession(request.headers.get("Cookie"));
      return new Response("value");
    },
    "remix-write": async () => {
      const request = new Request("https://example.com/", { headers: { Cookie: remixCookie } });
      const session = await remix.getSession(request.headers.get("Cookie"));
      session.set("theme", `value-${++count}`);
      return new Response("value", { headers: { "Set-Cookie": await remix.commitSession(session) } });
    },
  };
}

let steps: ReturnType<typeof createSteps> | undefined;

export default {
  async fetch(request: Request, env: SessionEnv) {
    steps ??= createSteps(env);
    const { pathname, searchParams } = new URL(request.url);
    const step = (await steps)[pathname.slice(1)];
    if (!step) return new Response("No such step", { status: 404 });
    for (let left = Number(searchParams.get("count")); left > 0; left--) await step();
    return new Response("Done");
  },
};
