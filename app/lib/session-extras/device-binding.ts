/**
 * Binds a session to the device on which it began: Device Bound Session Credentials (W3C draft; RULES.md, 9). The
 * browser makes a key that never leaves the device, and proves every few minutes that it has it. A device cookie beside
 * the session's says so, and a bound session opens only with both: copies are worthless once it has ended, after ten
 * minutes. Other browsers ignore the offer. It needs https, and in the Worker the two functions below.
 *
 * Promised for D1 and Durable Objects. With KV, the key may take a minute to arrive, and a parallel write can drop it.
 * With the cookie store, a parallel response often does, and an earlier copy stays unbound for its 30 days.
 */
import type { SessionConfig } from "../session/config";
import { type Bytes, decode, encode } from "../session/cookie/base64url";
import { cookieValues, setCookieLine } from "../session/cookie/line";
import { seal, unseal } from "../session/cookie/seal";
import { ConfigError, notReadError } from "../session/errors";
import { type HandleFetchOptions, handleFetch } from "../session/handle-fetch";
import { logSession } from "../session/log";
import { createSession, rawStateOf, stateOf } from "../session/raw-session";
import { tracker } from "../session/session";
import { IN_FLIGHT } from "../session/stores/record-store";
import type { AnySession, SessionStorage } from "../session/types";

/** The browser registers its key here, and proves that it has it. */
export const DEVICE_PATH = "/session/device";

/** A bound session's data has this, with the public key (RFC 7517). `boundAt` is in seconds since 1970. */
export type DeviceData = { deviceBinding: { id: string; key: JsonWebKey; boundAt: number } };
type Binding = DeviceData["deviceBinding"];

const CHALLENGE_AGE = 120; // seconds; the draft asks for a short lifetime
const MAX_PROOF = 4_096; // characters; Chromium's proofs have 800
/** The sessions of bindToDevice, each with its binding if it is withheld, because there is no valid device cookie. */
const withheld = new WeakMap<object, Binding | undefined>();

/**
 * Wraps the storage. Without a valid device cookie, a bound session is nobody's and can only be ended (9.2). If its own
 * browser could not prove itself just now, it counts as one that could not be read (4.6).
 *
 * @throws ConfigError from `getSession` for another package's storage or a SESSION_DEVICE_AGE that is not understood
 */
// biome-ignore lint/suspicious/noExplicitAny: a storage of any app's data
export function bindToDevice<Any extends SessionStorage<any, any>>(storage: Any, config: SessionConfig): Any {
  return {
    ...storage,
    async getSession(header) {
      const session = await storage.getSession(header);
      const state = stateOf(session);
      if (!state) throw new ConfigError("bindToDevice takes a storage of the session folder.");
      withheld.set(session, undefined);
      const { deviceBinding: binding }: Partial<DeviceData> = session.data;
      if (cookieAge(config) === 0 || !binding || (await isOnDevice(binding, config))) return session;
      const { sent, note = "" } = state.read;
      const isSkipped = config.request.headers.get("Secure-Session-Skipped")?.includes(binding.id);
      const isOwn = isSkipped || isDevicePath(config) || isFromElsewhere(config) || cookiesIn(config).length > 0;
      if (!isOwn && sent) await logSession(config, "unproved", sent.id);
      const found = { sent, note, unread: isOwn ? ("unavailable" as const) : undefined };
      const nobodys = createSession(undefined, isOwn ? session.id : "", found, state.former);
      withheld.set(nobodys, binding);
      return nobodys;
    },
    async commitSession(session, lifetime) {
      const { read, plan } = rawStateOf(session);
      if (read.unread && plan.ending?.kind !== "destroy") throw notReadError(read.unread);
      return storage.commitSession(session, lifetime);
    },
  };
}

const isDevicePath = ({ request }: SessionConfig) => new URL(request.url).pathname === DEVICE_PATH;
/** A browser does not refresh for another site's page, another host's of this site, or an extension's script. */
const isFromElsewhere = ({ request: { headers } }: SessionConfig) =>
  /-site |none (?!navigate)/.test(`${headers.get("Sec-Fetch-Site")} ${headers.get("Sec-Fetch-Mode")}`);

/** Just after the registration, requests still arrive that were sent before the browser had the device cookie. */
async function isOnDevice({ id, boundAt }: Binding, config: SessionConfig): Promise<boolean> {
  if (config.now() - boundAt < IN_FLIGHT) return true;
  return (await notesIn(cookiesIn(config), "cookie", config)).some(({ of, at }) => of === id && config.now() < at);
}

/**
 * Call it in place of handleFetch. It answers browsers that register a key or prove that they have it, before the app,
 * and adds the offer to a response that signs somebody in, or gives an unbound session a new id (9.1).
 */
export async function handleBoundFetch(options: HandleFetchOptions, handler: () => Response | Promise<Response>) {
  const { config, session } = options;
  const tracked = session[tracker];
  const raw = tracked.prepareCommit();
  if (!withheld.has(raw)) throw new ConfigError("bindToDevice is missing, or not outermost.");
  const response = await handleFetch(options, async () => (await answerBrowser(options, raw)) ?? handler());
  if (isDevicePath(config) && response.status >= 400) response.headers.delete("Set-Cookie"); // It was not stored (P1).
  const { ending, state, wasUsed } = tracked;
  const of = state?.read.claims?.id;
  const isPossible = wasUsed && of && !raw.data.deviceBinding && config.cookie.secure && cookieAge(config) > 0;
  if (!isPossible || response.status < 200 || response.status >= 400) return response;
  const hasNewUser = "user" in raw.data && tracked.changedKeys().includes("user");
  const isSignIn = ending ? ending.kind !== "destroy" || ending.isSignIn : hasNewUser;
  // On a link from another site a browser registers without its Lax cookies. So a cookie keeps the offer for later.
  const isEarly = isFromElsewhere(config);
  const isKept = !isSignIn && (await notesIn(cookiesIn(config), "registration", config)).some((note) => note.of === of);
  if (!isSignIn && (isEarly || !isKept)) return response;
  const challenge = await sealNote("registration", { of, at: config.now() }, config);
  if (isEarly) response.headers.append("Set-Cookie", setCookieLine(cookieOf(config), challenge));
  else response.headers.set("Secure-Session-Registration", `(ES256);path="${DEVICE_PATH}";challenge="${challenge}"`);
  if (isKept) response.headers.append("Set-Cookie", setCookieLine(cookieOf(config), "", 0));
  return response;
}

/** Answers the browser's own requests, and those that it must send again. It does not use the session (9.4). */
async function answerBrowser({ session, config }: HandleFetchOptions, raw: AnySession): Promise<Response | undefined> {
  const { method, headers } = config.request;
  const binding: Binding | undefined = withheld.get(raw) ?? raw.data.deviceBinding;
  if (!isDevicePath(config)) return withheld.get(raw) ? proveFirst(config) : undefined;
  if (method !== "POST") return answer(405, { Allow: "POST" });
  const { claims, unread } = stateOf(raw)?.read ?? {};
  if (unread && !withheld.get(raw)) return answer(503, { "Retry-After": "1" }); // After 4xx it would forget the key.
  // A session takes one key, and no other in its place (9.3).
  const of = binding?.id ?? claims?.id;
  if (!of || stringIn(headers.get("Sec-Secure-Session-Id")) !== binding?.id) return answer(401);
  if (cookieAge(config) === 0 && binding) session.unset("deviceBinding");
  if (cookieAge(config) === 0) return answer(200, {}, { session_identifier: binding?.id, continue: false });
  const kind = binding ? "refresh" : "registration";
  const proof = stringIn(headers.get("Secure-Session-Response"));
  const proved = proof === undefined ? undefined : await verify(proof, binding?.key);
  const [challenge] = proved ? await notesIn([proved.challenge], kind, config) : [];
  const maxAge = Math.min(CHALLENGE_AGE, cookieAge(config) / 2);
  if (proved && challenge?.of === of && config.now() - challenge.at < maxAge) {
    const { id } = binding ?? { id: encode(crypto.getRandomValues(new Uint8Array(16))) };
    if (!binding) session.set("deviceBinding", { id, key: proved.key, boundAt: config.now() });
    return grant(id, challenge.at + cookieAge(config), config);
  }
  if (!binding || (proof !== undefined && !proved)) return answer(401);
  const next = await sealNote(kind, { of, at: config.now() }, config);
  return answer(403, { "Secure-Session-Challenge": `"${next}";id="${of}"` });
}

/** The browser sends it again without the old device cookie, and refreshes before it does. A WebSocket does not. */
function proveFirst(config: SessionConfig): Response | undefined {
  const { headers, url, method } = config.request;
  const isLink = isFromElsewhere(config) && method === "GET" && headers.get("Sec-Fetch-Mode") === "navigate";
  if (!isLink && (cookiesIn(config).length === 0 || headers.has("Upgrade"))) return undefined;
  // A link from another site starts no refresh, but a reload does. Relative, because a proxy may have ended TLS (7.3).
  const again: Record<string, string> = isLink ? { Refresh: "0" } : { Location: url.replace(/^[^?]*\//, "./") };
  return answer(isLink ? 200 : 307, { ...again, "Set-Cookie": setCookieLine(cookieOf(config), "", 0) });
}

/** The challenge's time decides when the cookie ends, so the same proof again gains nothing (9.5). */
async function grant(id: string, endsAt: number, config: SessionConfig): Promise<Response> {
  const cookie = cookieOf(config);
  const line = setCookieLine(cookie, await sealNote("cookie", { of: id, at: endsAt }, config), endsAt - config.now());
  const credential = { type: "cookie", name: cookie.name, attributes: setCookieLine(cookie, "").replace(/^.*?; /, "") };
  const instructions = { session_identifier: id, scope: { include_site: false }, credentials: [credential] };
  return answer(200, { "Set-Cookie": line }, instructions);
}

const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** Returns the challenge that the proof signs, and the key: the known one, or at the registration the proof's own. */
async function verify(proof: string, known?: JsonWebKey) {
  try {
    const [head = "", body = "", signature, ...rest] = proof.length > MAX_PROOF ? [] : proof.split(".");
    const { typ, alg, jwk } = parse(head);
    if (typ !== "dbsc+jwt" || alg !== "ES256" || rest.length > 0 || (known && jwk !== undefined)) return undefined;
    const { x, y } = known ?? jwk;
    const key = { kty: "EC", crv: "P-256", x: String(x), y: String(y) };
    const publicKey = await crypto.subtle.importKey("jwk", key, ES256, false, ["verify"]);
    const signed = new TextEncoder().encode(`${head}.${body}`);
    const isValid = await crypto.subtle.verify(ES256, publicKey, decode(signature) as Bytes, signed);
    return isValid ? { challenge: String(parse(body).jti), key } : undefined;
  } catch {
    return undefined;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: anybody may have sent it
const parse = (part: string): any => JSON.parse(new TextDecoder().decode(decode(part)));

/** A challenge: for this session or binding, made at this time. A device cookie: of this binding, until this time. */
type Note = { of: string; at: number };
const sealNote = (kind: string, note: Note, { cookie, secrets }: SessionConfig) =>
  seal(JSON.stringify(note), `device ${kind} ${cookie.name}`, secrets);
async function notesIn(tokens: string[], kind: string, { cookie, secrets }: SessionConfig): Promise<Note[]> {
  const all = await Promise.all(tokens.map((token) => unseal(token, `device ${kind} ${cookie.name}`, secrets)));
  return all.flatMap((unsealed) => ("text" in unsealed ? [JSON.parse(unsealed.text)] : []));
}
export const cookieOf = ({ cookie }: SessionConfig) => ({ ...cookie, name: `${cookie.name}-device` });
const cookiesIn = (config: SessionConfig) => cookieValues(config.request.headers.get("Cookie"), cookieOf(config).name);

/** Returns how many seconds a device cookie lasts. With 0 the binding is switched off (9.14). */
export function cookieAge({ env }: SessionConfig): number {
  const setting = String((env as { SESSION_DEVICE_AGE?: unknown }).SESSION_DEVICE_AGE ?? "") || "600";
  if (setting === "0" || (/^\d{1,4}$/.test(setting) && Number(setting) >= 5)) return Number(setting);
  throw new ConfigError(`SESSION_DEVICE_AGE is ${JSON.stringify(setting)}; it takes 0, or seconds from 5 to 9999.`);
}

/** Embedded by another origin, its time would tell whether somebody is signed in (the draft, server considerations). */
function answer(status: number, more: Record<string, string> = {}, body?: object): Response {
  const own = { "Cache-Control": "no-store", Vary: "Cookie", "Cross-Origin-Resource-Policy": "same-origin" };
  const init = { status, headers: { ...own, ...more } };
  return body ? Response.json(body, init) : new Response(null, init);
}
/** Reads a structured field's string. Its parameters are ignored, and Chromium leaves the quotes out. */
const stringIn = (header: string | null) => header?.replace(/^"?([\w.-]*)"?(;.*)?$/s, "$1");
