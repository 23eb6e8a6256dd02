/**
 * The cookie store keeps the whole session, encrypted, in the browser. It needs no binding.
 *
 * It suits a start and small data: about 2.8 kB of JSON fit. It cannot revoke, since a sign-out removes the cookie from
 * its browser but a copy works until it expires. It cannot merge: if two parallel requests write, the last response
 * wins.
 */
import { createSealedCookie, type SealedCookieOptions } from "../cookie/sealed-cookie";
import { assertStorable } from "../errors";
import { logSession } from "../log";
import { createSession, type SessionStorage, stateOf } from "../types";

/** Makes a plain SessionStorage (rule 1.5). It is cheap, so make one for each request. */
export function createCookieStorage<Data, FlashData = Data>(
  options: SealedCookieOptions,
): SessionStorage<Data, FlashData> {
  const cookie = createSealedCookie("cookie", options);

  async function end(session: object): Promise<string> {
    const { claims } = stateOf(session) ?? {};
    if (claims) await logSession(options, "destroyed", claims.id);
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession<Data, FlashData>(undefined, "", { json: "{}", isInCookie: true });
      const { claims, content, isRenewalDue, length } = opened;
      const state = { claims, json: content, isRenewalDue, length, isInCookie: true };
      return createSession<Data, FlashData>(undefined, claims.id, state);
    },

    async commitSession(session, lifetime) {
      const state = stateOf(session) ?? {};
      const { ending, claims: previous } = state;
      const data: object = session.data;
      for (const [key, value] of Object.entries(data)) assertStorable(key, value);
      // Don't set a cookie when there is nothing to store.
      if (Object.keys(data).length === 0) return end(session);

      const claims = cookie.renew(state, lifetime);
      const line = await cookie.line(claims, JSON.stringify(data), data);
      if (ending?.kind === "destroy") await end(session);
      // A new id does not end the old one here: a copy of the old cookie still opens.
      if (previous && ending?.kind === "regenerate") await logSession(options, "regenerated", claims.id, previous.id);
      else if (claims.id !== previous?.id) await logSession(options, "created", claims.id);
      Object.assign(state, { claims, ending: undefined, isRenewalDue: false });
      return line;
    },

    destroySession: end,
  };
}
