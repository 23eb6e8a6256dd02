/**
 * A Worker for the stores' tests, wired as worker.ts is, without Remix: each request does to its session what its query
 * says, in that order, and gets the session's data back. The store is named by a header.
 *
 * `?set.theme=dark&unset.cart&flash.success=Hello&getFlash.success&regenerate&destroy&wait=gate`
 */
import { env } from "cloudflare:workers";
import { createSessionStorage, getConfig, handleFetch, type SessionEnv, SuperflareSession } from "..";

export { SessionObject } from "..";

/** Requests that stand still between reading their session and writing it, until the test lets them go on. */
export const gates = new Map<string, { waiting: number; opened: Promise<void> }>();

export default {
  async fetch(request: Request): Promise<Response> {
    const config = getConfig({
      request,
      env: { ...(env as SessionEnv), SESSION_STORE: request.headers.get("X-Store") ?? "cookie" },
    });
    const storage = createSessionStorage<Record<string, string>>({ ...config, log: () => {} });
    const session = new SuperflareSession(await storage.getSession(request.headers.get("Cookie")));
    return handleFetch(
      {
        config: { ...config, log: () => {} },
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
        destroySession: storage.destroySession,
      },
      async () => {
        const read: Record<string, unknown> = {};
        for (const [step, value] of new URL(request.url).searchParams) {
          const [verb, key = ""] = step.split(".");
          if (verb === "set") session.set(key, value);
          if (verb === "unset") session.unset(key);
          if (verb === "flash") session.flash(key, value);
          if (verb === "getFlash") read[key] = session.getFlash(key);
          if (verb === "regenerate") session.regenerate();
          if (verb === "destroy") session.destroy();
          if (verb === "wait") await passGate(value);
        }
        return Response.json({ ...session.data, ...read });
      },
    );
  },
};

async function passGate(name: string) {
  const gate = gates.get(name);
  if (!gate) return;
  gate.waiting++;
  await gate.opened;
}
