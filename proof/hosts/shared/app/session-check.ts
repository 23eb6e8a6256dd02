/** The route that scripts/check-session.mjs asks: the lines of app/lib/session/README.md. */
import type { AnySuperflareSession } from "./lib/session";

export function answerSessionCheck(request: Request, session: AnySuperflareSession): Response {
  const { do: step, text } = Object.fromEntries(new URL(request.url).searchParams);
  const redirectTo = (query: string) => new Response(null, { status: 303, headers: { Location: query } });
  if (request.method === "POST" && step === "set") session.set("session-check value", text);
  if (request.method === "POST" && step === "flash") session.flash("session-check message", text);
  if (request.method === "POST") return step === "flash" ? redirectTo("?do=pass") : Response.json({ isSet: true });
  const messages = [1, 2].map(() => session.getFlash("session-check message") ?? null);
  if (step === "pass") return redirectTo("?do=show");
  return Response.json({ value: session.get("session-check value") ?? null, messages });
}
