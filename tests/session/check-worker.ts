/**
 * A bare Worker for proof/journeys/check-session.test.js. At `/cookie/session-check`, or under another store's name, it
 * is wired as the folder's README says, as it is at `/ownName/…` and `/readsForms/…`. At `/<mistake>/session-check` it
 * makes one mistake that real apps have made.
 */
import { type AnySuperflareSession, getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import type { StoreEnv } from "~/lib/session/stores";
import { createSessionStorage } from "~/lib/session/stores";

export { SessionObject } from "~/lib/session/stores";

export default {
  async fetch(request: Request, env: StoreEnv, ctx: ExecutionContext): Promise<Response> {
    const [, mistake, route] = new URL(request.url).pathname.split("/");
    if (route !== "session-check") return new Response("Not found", { status: 404 });
    if (mistake === "noSecret") return new Response("SESSION_SECRET is missing", { status: 500 });
    const secret = mistake === "otherSecretEachTime" ? crypto.randomUUID() : env.SESSION_SECRET;
    const store = ["kv", "d1", "durable-object"].find((name) => name === mistake) ?? "cookie";
    const cookie = mistake === "ownName" ? "shop" : undefined;
    const settings = { ...env, SESSION_SECRET: secret, SESSION_STORE: store, SESSION_COOKIE: cookie };
    const config = getConfig({ request: requestFor(mistake, request), env: settings, ctx });
    if (mistake === "secureOverHttp") config.cookie = { name: "__Host-session", secure: true };
    const sessionStorage = createSessionStorage(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    if (mistake === "noHandleFetch") return answer(mistake, request, session);
    const response = await handleFetch(
      {
        config: { ...config, log: () => {} },
        session,
        getSessionCookie: () => sessionStorage.commitSession(session.getSession()),
        allowCrossOrigin: () => mistake === "allowsEveryOrigin",
      },
      async () => {
        // As some middleware does with every form. It throws if there is none.
        if (mistake === "readsForms" && request.method === "POST") await request.clone().formData();
        return answer(mistake, request, session);
      },
    );
    return altered(mistake, request, response, () => sessionStorage.commitSession(session.getSession()));
  },
};

/** The check route, as README.md has it. */
function answerSessionCheck(request: Request, session: AnySuperflareSession): Response {
  const { do: step, text } = Object.fromEntries(new URL(request.url).searchParams);
  const redirectTo = (query: string) => new Response(null, { status: 303, headers: { Location: query } });
  if (request.method === "POST" && step === "set") session.set("session-check value", text);
  if (request.method === "POST" && step === "flash") session.flash("session-check message", text);
  if (request.method === "POST") return step === "flash" ? redirectTo("?do=pass") : Response.json({ isSet: true });
  const messages = [1, 2].map(() => session.getFlash("session-check message") ?? null);
  if (step === "pass") return redirectTo("?do=show");
  return Response.json({ value: session.get("session-check value") ?? null, messages });
}

/** The request that getConfig gets. */
function requestFor(mistake: string | undefined, request: Request): Request {
  if (mistake !== "anotherRequest") return request;
  const method = request.method === "HEAD" ? "GET" : request.method;
  const copy = new Request(request.url, { method, headers: request.headers });
  copy.headers.delete("Sec-Purpose");
  return copy;
}

function answer(mistake: string | undefined, request: Request, session: SuperflareSession): Response {
  const isPage = request.method === "GET";
  if (mistake === "writesForEveryVisitor" && !session.has("visited")) session.set("visited", true);
  if (mistake === "countsReads" && isPage && session.has("session-check value")) session.set("read", Date.now());
  if (mistake === "anotherReader" && request.headers.get("Sec-Fetch-Dest") === "document" && !isPrefetch(request))
    session.unset("session-check message");
  const origin = request.headers.get("Origin");
  if (mistake === "ownOriginCheck" && origin === "null") return new Response("Bad Request", { status: 400 });
  return answerSessionCheck(request, session);
}

const isPrefetch = ({ headers }: Request) => headers.has("Sec-Purpose");

/** Makes the mistakes that come after handleFetch. */
async function altered(
  mistake: string | undefined,
  request: Request,
  response: Response,
  commit: () => Promise<string>,
): Promise<Response> {
  const { status } = response;
  const headers = new Headers(response.headers);
  if (mistake === "redirectWithoutCookie" && status === 303) headers.delete("Set-Cookie");
  if (mistake === "pageWithoutCookie" && status === 200 && request.method === "GET") headers.delete("Set-Cookie");
  if (mistake === "leftoverCommit" && request.method === "POST" && !headers.has("Set-Cookie"))
    headers.append("Set-Cookie", await commit());
  if (mistake === "remadeResponse") {
    headers.delete("Cache-Control");
    headers.delete("Vary");
  }
  return new Response(response.body, { status, headers });
}
