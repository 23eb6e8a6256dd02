import { act, type SessionData, type SessionFlashData, show } from "./journey";
import type { SuperflareSession } from "./lib/session";
import { answerSessionCheck } from "./session-check";

export function app(request: Request, session: SuperflareSession<SessionData, SessionFlashData>) {
  const { pathname } = new URL(request.url);
  if (pathname === "/session-check") return answerSessionCheck(request, session);
  if (pathname !== "/") return new Response("Not found", { status: 404 });
  if (request.method === "POST") return act(request, session);
  return Response.json(show(session));
}
