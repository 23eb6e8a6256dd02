/**
 * Tells which sessions are bound to their device (app/lib/session/RULES.md, 9). With REQUIRE_BOUND_DEVICE = "on", it demands
 * one before a dangerous action if the browser that signed in can bind it, so an offer that was stripped is noticed (9.15).
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { refuseForm } from "~/lib/refused-form";
import type { SessionConfig } from "~/lib/session";
import type { SessionData } from "~/lib/session-data";
import { cookieAge } from "~/lib/session-extras/device-binding";

/** Chrome's first version that binds sessions without a flag, by its system. */
const SINCE: Record<string, number> = { "Windows NT": 145, Macintosh: 147 };

/** Whether a copy of the session's cookie opens nothing elsewhere. With the binding switched off, it does (9.14). */
export const isBoundToDevice = ({ deviceBinding }: Partial<SessionData>, config: SessionConfig) =>
  deviceBinding !== undefined && cookieAge(config) > 0;

/**
 * Call it at the sign-in. Later requests do not count, because a thief sends any User-Agent. Of the stores, those that list a
 * user's sessions keep a binding; in the others, a parallel response may drop it.
 */
export function noteBrowser(
  { session, userSessions, config }: Pick<AppLoadContext, "session" | "userSessions" | "config">,
  userAgent: string | null,
) {
  const isOffered = userSessions && config.cookie.secure && cookieAge(config) > 0;
  if (isOffered && canBind(userAgent ?? "")) session.set("canBeBound", true);
}

/** For an action: returns the response that refuses the form, or nothing if it may go on. */
export function requireBoundDevice({
  session,
  config,
  env,
  submitted,
}: Pick<AppLoadContext, "session" | "config" | "env" | "submitted">) {
  if (env.REQUIRE_BOUND_DEVICE !== "on" || cookieAge(config) === 0) return undefined;
  if (!session.get("canBeBound") || session.has("deviceBinding")) return undefined;
  return refuseForm(403, { "": NOT_BOUND }, submitted);
}

const NOT_BOUND = "This session is not bound to your device. Sign out, sign in again, then try once more";

/** Chrome alone, so that no other browser is refused by mistake: Edge and Opera add a word of their own at the end. */
function canBind(userAgent: string): boolean {
  const [, system = "", version] =
    /^Mozilla\/5\.0 \((Windows NT|Macintosh)\b[^)]*\) AppleWebKit\/\S+ \(KHTML, like Gecko\) Chrome\/(\d+)\.\S+ Safari\/\S+$/.exec(
      userAgent,
    ) ?? [];
  return Number(version) >= (SINCE[system] ?? Number.POSITIVE_INFINITY);
}
