/**
 * The cookie store: the whole session, encrypted, in the browser. Needs no binding.
 *
 * For a start, and for small data: about 2.8 kB of JSON fit. What it cannot do: revoke. A session that was signed out is
 * gone from that browser, but a copy of its cookie works until it expires; and of two requests in parallel that both
 * write, the last response wins.
 */
import { createSealedCookie, type SealedCookieOptions } from "../cookie/sealed-cookie";
import { assertStorable } from "../errors";
import { logSession } from "../log";
import { type Backstage, backstageOf, createSession, type SessionStorage } from "../types";

/** A plain SessionStorage (rule 1.5). Cheap: make one for each request. */
export function createCookieStorage<Data, FlashData = Data>(
  options: SealedCookieOptions,
): SessionStorage<Data, FlashData> {
  const cookie = createSealedCookie("cookie", options);

  async function end({ known }: Backstage): Promise<string> {
    if (known) await logSession(options, "destroyed", known.id);
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession();
      const { known, content: json, isRenewalDue, length } = opened;
      return createSession<Data, FlashData>(undefined, known.id, { known, json, isRenewalDue, length });
    },

    async commitSession(session, lifetime) {
      const state = backstageOf(session) ?? {};
      const { ending } = state;
      const previous = state.known;
      const data: object = session.data;
      for (const [key, value] of Object.entries(data)) assertStorable(key, value);
      // Don't set a cookie when there is nothing to store.
      if (Object.keys(data).length === 0) return end(state);

      const known = cookie.renewed(previous, lifetime, ending);
      const line = await cookie.line(known, JSON.stringify(data), data);
      if (ending?.kind === "destroy") await end(state);
      // The old cookie still opens, if somebody has a copy of it: a new id is not the end of a session here.
      if (previous && ending?.kind === "regenerate") await logSession(options, "regenerated", known.id, previous.id);
      else if (known.id !== previous?.id) await logSession(options, "created", known.id);
      Object.assign(state, { known, ending: undefined, isRenewalDue: false });
      return line;
    },

    destroySession: (session) => end(backstageOf(session) ?? {}),
  };
}
