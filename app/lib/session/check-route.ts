/**
 * Optional, for check.mjs: the answers of the route `/session-check`. Put it into the app while you try whether sessions
 * work there. It changes two keys of the visitor's own session, and nothing else.
 */
import type { AnySuperflareSession } from "./session";

const VALUE = "session-check value";
const MESSAGE = "session-check message";

/** For the loader and the action of the route, or for a Worker's own routing: see README.md. */
export function answerSessionCheck(request: Request, session: AnySuperflareSession): Response {
  const { pathname: path, searchParams } = new URL(request.url);
  // "//host/path" would lead to another host.
  const pathname = path.replace(/^\/+/, "/");
  const step = searchParams.get("do");
  const text = searchParams.get("text");
  const goTo = (path: string) => new Response(null, { status: 303, headers: { Location: path } });

  if (request.method === "POST") {
    if (step === "set") session.set(VALUE, text);
    if (step === "flash") session.flash(MESSAGE, text);
    return step === "flash" ? goTo(`${pathname}?do=pass`) : Response.json({ isSet: true });
  }
  // Two loaders that read the same message.
  const messages = [session.getFlash(MESSAGE), session.getFlash(MESSAGE)].map((message) => message ?? null);
  if (step === "pass") return goTo(pathname);
  return Response.json({ value: session.get(VALUE) ?? null, messages });
}
