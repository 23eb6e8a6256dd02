/** What the one page of every host shows and does, so that the same journey can be put to each. */
import type { SuperflareSession } from "./lib/session";

export type SessionData = { theme: "light" | "dark"; user: string; [item: `item-${string}`]: boolean };
export type SessionFlashData = { success: string };

type AppSession = SuperflareSession<SessionData, SessionFlashData>;

export function show(session: AppSession) {
  return { ...session.data, message: session.getFlash("success") ?? null };
}

/** One form with a button for each step. */
export async function act(request: Request, session: AppSession): Promise<Response> {
  const form = await request.formData();
  const step = form.get("step");
  if (step === "sign-in") {
    session.regenerate();
    session.set("user", "ada");
    session.set("theme", "dark");
    session.flash("success", "Welcome");
  }
  if (step === "add") session.set(`item-${form.get("item")}`, true);
  if (step === "sign-out") session.destroy();
  if (step === "wait") passTime(Number(form.get("seconds")));
  // Its headers cannot be changed, as those of a proxied response.
  return Response.redirect(new URL("/", request.url).href, 303);
}

/** Moves the Worker's clock, which cannot be done from outside. */
function passTime(seconds: number) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
}
