/**
 * The cookie store keeps the whole session, encrypted, in the browser. It needs no binding.
 *
 * It suits a start and small data: about 2.8 kB of JSON fit. It cannot revoke, since a sign-out removes the cookie from
 * its browser but a copy works until it expires. It cannot merge: if two parallel requests write, the last response
 * wins.
 */
import { snapshotOf } from "../changes";
import { assertStorable } from "../errors";
import { logSession } from "../log";
import { createSession, rawStateOf } from "../raw-session";
import type { SessionStorage } from "../types";
import { createSealedCookie, type SealedCookieOptions } from "./sealed-cookie";

/** Makes a plain SessionStorage (rule 1.5). It is cheap, so make one for each request. */
export function createCookieStorage<Data, FlashData = Data>(
  options: SealedCookieOptions,
): SessionStorage<Data, FlashData> {
  const cookie = createSealedCookie("cookie", options);

  async function end(session: object): Promise<string> {
    const { claims } = rawStateOf(session).read;
    if (claims) await logSession(options, "destroyed", claims.id);
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession();
      const { claims, content, isRenewalDue, length } = opened;
      return createSession(JSON.parse(content), claims.id, { sent: claims, claims, isRenewalDue, length });
    },

    async commitSession(session, lifetime) {
      const state = rawStateOf(session);
      state.read.committed = snapshotOf(session.data);
      const { ending } = state.plan;
      const previous = state.read.claims;
      const data: object = session.data;
      for (const [key, value] of Object.entries(data)) assertStorable(key, value);
      // Don't set a cookie when there is nothing to store (8.9).
      if (Object.keys(data).length === 0) return end(session);

      const claims = cookie.renew(state, lifetime);
      const line = await cookie.line(claims, JSON.stringify(data), data);
      if (ending?.kind === "destroy") await end(session);
      // A new id does not end the old one here: a copy of the old cookie still opens.
      if (previous && ending?.kind === "regenerate") await logSession(options, "regenerated", claims.id, previous.id);
      else if (claims.id !== previous?.id) await logSession(options, "created", claims.id);
      Object.assign(state.read, { claims, isRenewalDue: false });
      state.plan.ending = undefined;
      return line;
    },

    destroySession: end,
  };
}
