/** What device binding (app/lib/session/RULES.md, 9) has done with a request. The inspector shows no proof and no challenge. */
import type { SessionConfig } from "~/lib/session";
import { cookieName } from "~/lib/session/cookie/line";
import { cookieOf, DEVICE_PATH } from "~/lib/session-extras/device-binding";

/** `resent`: the browser sends the request again once it has proved itself, or the page reloads itself. */
export type DeviceOutcome = "registered" | "proved" | "asked" | "refused" | "failed" | "released" | "resent";

export const deviceTitles: Partial<Record<DeviceOutcome, string>> = {
  registered: "This device registered its key",
  proved: "This device proved itself",
  asked: "This device was asked for a proof",
  refused: "This device was refused",
  failed: "This device could not be checked",
  released: "This device may forget its key",
};

export function deviceOutcome(config: SessionConfig, answer: Response): DeviceOutcome | undefined {
  const { method, url, headers } = config.request;
  const line = answer.headers.getSetCookie().find((each) => cookieName(each) === cookieOf(config).name);
  if (new URL(url).pathname !== DEVICE_PATH) return line ? "resent" : undefined;
  if (method !== "POST") return undefined;
  if (answer.headers.has("Secure-Session-Challenge")) return "asked";
  if (answer.status === 401) return "refused";
  if (answer.status >= 400) return "failed";
  if (!line) return "released";
  return headers.has("Sec-Secure-Session-Id") ? "proved" : "registered";
}

/** The headers that tell of a proof, of the binding that it is for, and why there is none. */
export function deviceHeaders({ headers }: Request): string[] {
  const names = ["Sec-Secure-Session-Id", "Secure-Session-Response"].filter((name) => headers.has(name));
  const reason = headers.get("Secure-Session-Skipped")?.match(/^\w*/)?.[0];
  return [...names.map((name) => `${name}: …`), ...(reason ? [`Secure-Session-Skipped: ${reason}`] : [])];
}
