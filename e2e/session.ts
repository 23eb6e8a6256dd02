/**
 * Reads and writes the session of a test's browser like the app does: a real cookie sealed with the server's secret, a real
 * record in its store. The app has no test endpoint.
 */
import type { BrowserContext } from "@playwright/test";
import { getConfig, SuperflareSession } from "../app/lib/session";
import type { StoreEnv } from "../app/lib/session/stores";
import { createSessionStorage } from "../app/lib/session/stores";
import type { SessionData, SessionFlashData } from "../app/lib/session-data";

export interface BrowserSession {
  /** Returns the value or the flash under this key. Does not use a flash up. */
  get<Key extends keyof SessionData>(key: Key): Promise<SessionData[Key] | undefined>;
  get<Key extends keyof SessionFlashData>(key: Key): Promise<SessionFlashData[Key] | undefined>;
  /** Any key: one that a deleted demonstration has declared is no error of another's tests. */
  set(key: string, value: unknown): Promise<void>;
  unset(key: keyof SessionData): Promise<void>;
  /** Leaves a message for the next page. */
  flash<Key extends keyof SessionFlashData>(key: Key, value: SessionFlashData[Key]): Promise<void>;
  /** The name of its cookie. */
  name(): Promise<string>;
  /** The `Cookie` header that this browser sends. */
  header(): Promise<string>;
  /** Ends the session, in the browser and in the store. */
  clear(): Promise<void>;
}

export function sessionOf(context: BrowserContext, baseURL: string, bindings: () => Promise<StoreEnv>): BrowserSession {
  async function header() {
    const cookies = await context.cookies(baseURL);
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  const configure = async () => getConfig({ request: new Request(baseURL), env: await bindings() });

  async function open() {
    const config = { ...(await configure()), log: () => {} };
    const storage = createSessionStorage<SessionData, SessionFlashData>(config);
    return { storage, session: new SuperflareSession(await storage.getSession(await header())) };
  }

  /** Sets or removes the cookie, like a browser that receives this `Set-Cookie` line. */
  async function keep(line: string) {
    const [, name = "", value = "", maxAge] = /^([^=]+)=([^;]*)(?:; Max-Age=(\d+))?/.exec(line) ?? [];
    if (maxAge === "0") await context.clearCookies({ name });
    else {
      // Without a Max-Age it ends with the browser.
      const expires = maxAge === undefined ? -1 : Date.now() / 1000 + Number(maxAge);
      await context.addCookies([{ name, value, url: baseURL, expires, httpOnly: true, sameSite: "Lax" }]);
    }
  }

  async function change(write: (session: SuperflareSession<SessionData, SessionFlashData>) => void) {
    const { storage, session } = await open();
    write(session);
    await keep(await storage.commitSession(session.getSession()));
  }

  return {
    get: async (key: keyof SessionData | keyof SessionFlashData) => (await open()).session.get(key) as never,
    set: (key, value) => change((session) => session.set(key as never, value as never)),
    unset: (key) => change((session) => session.unset(key)),
    flash: (key, value) => change((session) => session.flash(key, value as never)),
    name: async () => (await configure()).cookie.name,
    header,
    async clear() {
      const { storage, session } = await open();
      await keep(await storage.destroySession(session.getSession()));
    },
  };
}
