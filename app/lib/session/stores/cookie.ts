/**
 * The cookie store: the whole session, encrypted, in the browser. Needs no binding.
 *
 * For starting and for small data: about 2.8 kB of JSON fit. What it cannot do: revoke. A session that was signed out
 * is gone from that browser, but a copy of its cookie works until it expires; and of two requests in parallel that
 * both write, the last answer wins.
 */
import { createSession, type Session, type SessionStorage } from "@remix-run/cloudflare";
import { logSession } from "../log";
import { attachRecord, newSessionId, recordOf } from "../record";
import { createSessionCookie, type SessionCookieOptions } from "../session-cookie";
import { assertStorable } from "../storable";

/** A plain Remix SessionStorage (rule 1.5). Making one is cheap: do it for each request. */
export function createSealedCookieSessionStorage<Data, FlashData = Data>(
  options: SessionCookieOptions,
): SessionStorage<Data, FlashData> {
  const cookie = createSessionCookie<Data>("cookie", options);

  async function remove(session: Session<Data, FlashData>): Promise<string> {
    const record = recordOf(session);
    if (record) await logSession(options, "destroyed", record.id);
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession<Data, FlashData>();
      return attachRecord(createSession<Data, FlashData>(opened.content, opened.id), opened);
    },

    async commitSession(session) {
      // A visitor of whom nothing is kept needs no cookie.
      if (Object.keys(session.data).length === 0) return remove(session);
      for (const [key, value] of Object.entries(session.data)) assertStorable(value, key);

      const known = recordOf(session);
      const { id, createdAt } = known ?? { id: newSessionId(), createdAt: options.now() };
      const line = await cookie.line(id, createdAt, session.data as Data, session.data);
      if (!known) await logSession(options, "created", id);
      attachRecord(session, { id, createdAt, isRenewalDue: false });
      return line;
    },

    destroySession: remove,
  };
}
