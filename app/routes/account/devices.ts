/** The devices on which a user is signed in. Only the D1 and Durable Object stores can list them. */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { SessionError } from "~/lib/session";
import { timeAgo } from "~/lib/time-ago";
import { signOut } from "./sign-in";
import { isUnread, unavailable } from "./unread";

export type Device = { handle: string; name: string; lastSeen: string; isCurrent: boolean };
export type DeviceListing = { devices: Device[]; isComplete: boolean };

type Sessions = Pick<AppLoadContext, "session" | "userSessions">;

/** Returns the devices of the signed-in user, or `undefined` if the store cannot list them. Throws a 503 if it is down. */
export async function listDevices({ session, userSessions }: Sessions): Promise<DeviceListing | undefined> {
  const list = await userSessions?.list(session.getSession()).catch(answer503);
  if (!list) return undefined;
  const now = Math.floor(Date.now() / 1000);
  const devices = list.sessions.map(({ handle, data, lastSeenAt, isCurrent }) => ({
    handle,
    name: data.device ?? "Unknown device",
    lastSeen: timeAgo(lastSeenAt, now),
    isCurrent,
  }));
  return { devices, isComplete: list.isComplete };
}

/** Signs out those devices of the user for which the test holds, and leaves a message. Throws a 503 if the store is down. */
export async function signOutDevices(
  { session, userSessions }: Sessions,
  isMeant: (device: Pick<Device, "handle" | "isCurrent">) => boolean,
): Promise<void> {
  if (isUnread(session)) throw unavailable();
  // Signed out from elsewhere in the meantime: the page that follows shows it.
  if (!session.get("user")) return;
  if (!userSessions) return session.flash("error", "This store cannot sign out other devices.");

  const { ended, isComplete } = await userSessions.revoke(session.getSession(), isMeant).catch(answer503);
  if (ended.some(({ isCurrent }) => isCurrent)) return signOut(session);
  const count = ended.length === 1 ? "One device was" : `${ended.length || "No"} devices were`;
  session.flash("success", `${count} signed out.`);
  if (!isComplete) session.flash("error", "Some devices could not be reached. Please try again.");
}

function answer503(error: unknown): never {
  if (!(error instanceof SessionError)) throw error;
  throw unavailable();
}
