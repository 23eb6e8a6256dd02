/** The devices on which a user is signed in. Only the D1 and Durable Object stores can list them. */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { SessionError } from "~/lib/session";
import { timeAgo } from "~/lib/time-ago";
import { isBoundToDevice } from "./bound-device";
import { now, unavailable } from "./session";
import { signOut } from "./sign-in";

export type Device = { handle: string; name: string; lastSeen: string; isCurrent: boolean; isBound: boolean };
export type DeviceList = { devices: Device[]; isComplete: boolean };

type Sessions = Pick<AppLoadContext, "session" | "userSessions">;

/** Returns the devices of the signed-in user, this one first, or `undefined` if the store cannot list them. Throws a 503 if it is down. */
export async function listDevices({
  session,
  userSessions,
  config,
}: Sessions & Pick<AppLoadContext, "config">): Promise<DeviceList | undefined> {
  const list = await userSessions?.list(session.getSession()).catch(answer503);
  if (!list) return undefined;
  const devices = list.sessions
    .toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
    .map(({ handle, data, lastSeenAt, isCurrent }) => ({
      handle,
      name: data.device ?? "Unknown device",
      lastSeen: timeAgo(lastSeenAt, now()),
      isCurrent,
      isBound: isBoundToDevice(data, config),
    }));
  return { devices, isComplete: list.isComplete };
}

/** Signs out the user's devices for which `isMeant` holds, and leaves a message. Throws a 503 if the store is down. */
export async function signOutDevices(
  { session, userSessions }: Sessions,
  isMeant: (device: Pick<Device, "handle" | "isCurrent">) => boolean,
): Promise<void> {
  if (session.unread) throw unavailable();
  // Signed out elsewhere in the meantime: the next page shows it.
  if (!session.get("user")) return;
  if (!userSessions) return session.flash("error", "This store cannot sign out other devices.");

  const { ended, isComplete } = await userSessions.revoke(session.getSession(), isMeant).catch(answer503);
  if (ended.some(({ isCurrent }) => isCurrent)) return signOut(session);
  const count = ended.length === 1 ? "One device was" : `${ended.length || "No"} devices were`;
  session.flash("success", `${count} signed out.`);
  if (!isComplete) session.flash("error", "Some devices may still be signed in. Please check the list and try again.");
}

function answer503(error: unknown): never {
  if (!(error instanceof SessionError)) throw error;
  throw unavailable();
}

// Every browser's User-Agent also names other browsers, so the most specific name comes first.
const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|HeadlessChrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** Returns "Firefox on Linux", or as much of it as the header reveals. For display only: anyone can send any User-Agent. */
export function nameDevice(userAgent: string | null): string {
  const nameIn = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1];
  const [browser, system] = [nameIn(browsers), nameIn(systems)];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? "Unknown device";
}
