/**
 * Chapter 9: an app that binds its sessions to a device, wired as worker.ts is, and browsers that have Device Bound
 * Session Credentials. Each has a cookie jar, a clock and a key, and keeps its key and its cookies as Chromium does.
 */
import { base64url } from "jose";
import { type HandleFetchOptions, type SessionConfig, SuperflareSession } from "~/lib/session";
import { isRemoval } from "~/lib/session/cookie/line";
import { createSessionStorage, type StoreEnv } from "~/lib/session/stores";
import { adopt } from "~/lib/session-extras/adopt";
import { bindToDevice, DEVICE_PATH, handleBoundFetch } from "~/lib/session-extras/device-binding";
import { type AnySession, type Kind, open, page, pairOf } from "./harness";

export const ORIGIN = "https://example.com";
export const POST = { method: "POST" };
export const OFFER = "Secure-Session-Registration";
export const SESSION = "__Host-session";
export const DEVICE = "__Host-session-device";
/** In seconds: a device cookie's age by default, a challenge's, and how long a session opens without after the registration. */
export const [DEVICE_AGE, CHALLENGE_AGE, IN_FLIGHT] = [600, 120, 15];

type Storage = ReturnType<typeof createSessionStorage<Record<string, unknown>>>;
interface Wiring {
  vars?: Partial<StoreEnv> & { SESSION_DEVICE_AGE?: unknown };
  settings?: Partial<SessionConfig>;
  /** The store before this one. Its cookie has the same name, or this one. */
  from?: { kind: Kind; cookie?: string };
  clock?: { now: number };
}
export type Act = (session: AnySession, storage: Storage, config: SessionConfig) => unknown;
type Options = Partial<Pick<HandleFetchOptions, "allowCrossOrigin" | "notSaved">>;

/** What routes do. */
export const nothing = () => {};
export const setTheme: Act = (session) => session.set("theme", "dark");
export const setUser =
  (user: string | number): Act =>
  (session) =>
    session.set("user", user);
export const regenerate: Act = (session) => session.regenerate();
export const signOut: Act = (session) => session.destroy();

export const namesOf = (lines: string[]) => lines.map((line) => line.slice(0, line.indexOf("=")));
export const skipped = (id = "", reason = "quota_exceeded") => ({
  "Secure-Session-Skipped": `${reason};session_identifier="${id}"`,
});

export type App = ReturnType<typeof createApp>;

export function createApp(kind: Kind, wiring: Wiring = {}) {
  const { vars = {}, settings = {}, from, clock = { now: Math.floor(Date.now() / 1000) } } = wiring;
  const store = open(kind, { now: () => clock.now, ...settings }, vars as Partial<StoreEnv>);

  function storageFor(config: SessionConfig): Storage {
    const storage = createSessionStorage<Record<string, unknown>>(config);
    if (!from) return bindToDevice(storage, config);
    const cookie = { ...config.cookie, name: from.cookie ?? config.cookie.name };
    const former = createSessionStorage({ ...config, cookie, env: { ...config.env, SESSION_STORE: from.kind } });
    return bindToDevice(adopt(storage, { config, from: former, cookie: cookie.name }), config);
  }

  /** Reads the session of a request that arrives. The result answers it. */
  async function receive(request: Request, options: Options) {
    const config = { ...store.config, request };
    const storage = storageFor(config);
    const session: AnySession = new SuperflareSession(await storage.getSession(request.headers.get("Cookie")));
    const getSessionCookie = () => storage.commitSession(session.getSession());
    return async (act: Act) => {
      let seen: unknown;
      const response = await handleBoundFetch({ config, session, getSessionCookie, ...options }, async () => {
        seen = await act(session, storage, config);
        return seen instanceof Response ? seen : page();
      });
      return { response, seen };
    };
  }

  /** The app after another deployment. */
  const deployed = ({ kind: newKind = kind, ...changes }: Wiring & { kind?: Kind }) =>
    createApp(newKind, { ...wiring, clock, ...changes });

  return { ...store, clock, receive, deployed };
}

export type Key = CryptoKeyPair & { jwk: JsonWebKey };

export async function createKey(namedCurve = "P-256"): Promise<Key> {
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign"])) as CryptoKeyPair;
  const { kty, crv, x, y } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as JsonWebKey;
  return { ...pair, jwk: { kty, crv, x, y } as JsonWebKey };
}

export const encoded = (part: unknown) => base64url.encode(JSON.stringify(part));

/** Makes a JWS. What `head` and `body` have replaces what a proof has. */
export async function sign({ privateKey }: CryptoKeyPair, head: object, body: object): Promise<string> {
  const signed = `${encoded({ alg: "ES256", typ: "dbsc+jwt", ...head })}.${encoded(body)}`;
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${base64url.encode(new Uint8Array(signature))}`;
}

export const challengeIn = (headers: Headers): string =>
  /challenge="([^"]*)"/.exec(headers.get("Secure-Session-Registration") ?? "")?.[1] ??
  /^"([^"]*)"/.exec(headers.get("Secure-Session-Challenge") ?? "")?.[1] ??
  "";

type Meanwhile = () => unknown;

interface VisitOptions extends Options {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

const nobodysApp: Act = () => {
  throw new Error("The app got a request that is the browser's own.");
};

export class Browser {
  app: App;
  key: Key;
  jar = new Map<string, { value: string; endsAt: number }>();
  /** How many seconds its clock is ahead of the server's. */
  ahead = 0;
  /** The challenge of the last offer, and the binding that it has registered. */
  challenge = "";
  binding: string | undefined;

  constructor(app: App, key: Key) {
    this.app = app;
    this.key = key;
  }

  get #now() {
    return this.app.clock.now + this.ahead;
  }

  dropEnded(): void {
    for (const [name, { endsAt }] of this.jar) if (endsAt <= this.#now) this.jar.delete(name);
  }

  cookie(): string {
    this.dropEnded();
    return [...this.jar].map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  take(line: string): void {
    const [name = "", value = ""] = pairOf(line).split(/=(.*)/);
    const [, maxAge = Number.POSITIVE_INFINITY] = /Max-Age=(\d+)/.exec(line) ?? [];
    if (isRemoval(line)) this.jar.delete(name);
    else this.jar.set(name, { value, endsAt: this.#now + Number(maxAge) });
  }

  /** Sends a request, of which the server has only read the session until the result is called. */
  async begin({ method = "GET", path = "/", headers = {}, body, ...options }: VisitOptions = {}) {
    const all = new Headers({ ...headers, Cookie: this.cookie() });
    const init = { method, headers: all, ...(body !== undefined && { body }) };
    const finish = await this.app.receive(new Request(new URL(path, ORIGIN), init), options);
    return async (act: Act) => {
      const { response, seen } = await finish(act);
      const lines = response.headers.getSetCookie();
      for (const line of lines) this.take(line);
      if (response.headers.has("Secure-Session-Registration")) this.challenge = challengeIn(response.headers);
      return { response, seen, status: response.status, headers: response.headers, lines };
    };
  }

  async visit(act: Act, options?: VisitOptions) {
    const finish = await this.begin(options);
    return finish(act);
  }

  /** Reads what the app finds in the session, without the binding. */
  async read(options?: VisitOptions): Promise<unknown> {
    const { seen } = await this.visit((session) => {
      const { deviceBinding, ...data } = session.data;
      return data;
    }, options);
    return seen;
  }

  signIn(user = "ada", more: Act = () => {}) {
    const act: Act = (session, ...rest) => {
      session.regenerate({ newLifetime: true });
      session.set("user", user);
      return more(session, ...rest);
    };
    return this.visit(act, { method: "POST" });
  }

  /** Makes a proof. What `head` and `body` have replaces what a good one has. */
  prove(jti: string, head: object = {}, body: object = {}): Promise<string> {
    return sign(this.key, head, { jti, ...body });
  }

  /** Sends a request of the browser's own. What happens meanwhile, happens after the server has read the session. */
  async tell(headers: Record<string, string>, meanwhile: Meanwhile = nothing) {
    const own = { Origin: ORIGIN, "Sec-Fetch-Site": "same-origin", ...headers };
    const finish = await this.begin({ method: "POST", path: DEVICE_PATH, headers: own });
    await meanwhile();
    return finish(nobodysApp);
  }

  sendProof = (proof: string, id = this.binding) =>
    this.tell({ "Secure-Session-Response": proof, ...(id !== undefined && { "Sec-Secure-Session-Id": id }) });

  async register({
    challenge = this.challenge,
    meanwhile = nothing,
  }: {
    challenge?: string;
    meanwhile?: Meanwhile;
  } = {}) {
    const proof = await this.prove(challenge, { jwk: this.key.jwk });
    const answer = await this.tell({ "Secure-Session-Response": proof }, meanwhile);
    if (answer.status === 200) {
      const { session_identifier } = (await answer.response.clone().json()) as { session_identifier: string };
      this.binding = session_identifier;
    }
    return answer;
  }

  /** Asks for a challenge. */
  ask = (id = this.binding ?? "") => this.tell({ "Sec-Secure-Session-Id": id });

  /** Asks for a challenge, and answers with a proof. If it is refused, it forgets its key. */
  async refresh({ id = this.binding ?? "", meanwhile = nothing }: { id?: string; meanwhile?: Meanwhile } = {}) {
    let answer = await this.ask(id);
    if (answer.status === 403) {
      const proof = await this.prove(challengeIn(answer.headers));
      answer = await this.tell({ "Secure-Session-Response": proof, "Sec-Secure-Session-Id": id }, meanwhile);
    }
    if (answer.status >= 400 && answer.status < 500) this.binding = undefined;
    return answer;
  }
}

export const createBrowser = async (app: App) => new Browser(app, await createKey());

/** Makes a browser that has everything of this one except for its key, and keeps cookies that have ended. */
export async function copyOf(browser: Browser): Promise<Browser> {
  const copy = await createBrowser(browser.app);
  browser.dropEnded();
  for (const [name, { value }] of browser.jar) copy.jar.set(name, { value, endsAt: Number.POSITIVE_INFINITY });
  return Object.assign(copy, { challenge: browser.challenge, binding: browser.binding });
}

/** Makes a browser whose session is bound, and whose registration is over. */
export async function createOwner(app: App, user = "ada"): Promise<Browser> {
  const owner = await createBrowser(app);
  await owner.signIn(user);
  const { status } = await owner.register();
  if (status !== 200) throw new Error(`The registration was answered ${status}.`);
  app.clock.now += IN_FLIGHT;
  return owner;
}
