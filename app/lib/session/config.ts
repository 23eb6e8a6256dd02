/**
 * Reads the session's settings from the request and the Worker's environment. It needs SESSION_SECRET. SESSION_STORE
 * with its binding, SESSION_D1_REPLICAS, SESSION_IDLE_TIMEOUT and SESSION_ABSOLUTE_TIMEOUT are optional.
 */
import type { SealedCookieOptions } from "./cookie/sealed-cookie";
import { consoleLog } from "./log";

export interface SessionEnv {
  /** It has at least 32 characters. Several are comma-separated, newest first. */
  SESSION_SECRET?: string;
  SESSION_IDLE_TIMEOUT?: string;
  SESSION_ABSOLUTE_TIMEOUT?: string;
  /** "cookie" (the default), "kv", "d1" or "durable-object". */
  SESSION_STORE?: string;
  SESSION_KV?: KVNamespace;
  SESSION_DB?: D1Database;
  /** "on" reads from the nearest copy of the database (stores/d1.ts). */
  SESSION_D1_REPLICAS?: string;
  SESSION_OBJECT?: ObjectNamespace;
}

/** The store uses only this part of DurableObjectNamespace, so any class of `wrangler types` fits. */
export interface ObjectNamespace {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): { fetch(url: string, init: ObjectCall): Promise<Response> };
}

/** The store POSTs its calls, and live.ts sends an upgrade. */
type ObjectCall = { method: "POST"; body: string } | { method: "GET"; body?: never; headers: { Upgrade: string } };

export type StoreSetting =
  | { kind: "cookie" }
  | { kind: "kv"; binding: KVNamespace }
  | { kind: "d1"; binding: D1Database; hasReplicas: boolean }
  | { kind: "durable-object"; binding: ObjectNamespace };

export interface SessionConfig extends SealedCookieOptions {
  request: Request;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Its `waitUntil` keeps a visitor who leaves early from cancelling a commit (rule 2.7). */
  ctx: { waitUntil(promise: Promise<unknown>): void } | undefined;
  store: StoreSetting;
  /** A request waits this many milliseconds for the store (rule 4.8). */
  storeTimeout: number;
  isDevelopment: boolean;
}

/** The app cannot run with a setting. The message tells its owner what to do, and holds no secret. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

const DAY = 86_400;

// OWASP ASVS 5, 7.3.1 and 7.3.2, ask for both timeouts and leave the numbers to your risk analysis. These suit a
// preference such as a theme; for accounts worth stealing, set hours and days.
const DEFAULT_IDLE_TIMEOUT = 30 * DAY;
const DEFAULT_ABSOLUTE_TIMEOUT = 90 * DAY;

const STORE_TIMEOUT = 2_000;

// The bundler inserts the value. Without one a Worker has no `process`, and counts as production.
declare const process: { env: { NODE_ENV?: string } };
let isDevelopment = false;
try {
  isDevelopment = process.env.NODE_ENV === "development";
} catch {}

const canReadSetCookie = "getSetCookie" in Headers.prototype;

/**
 * Validates the environment and returns the session's settings, with the request and `ctx` (rule 1.3). It is cheap
 * enough to call for every request.
 *
 * @throws ConfigError if a secret is missing, shorter than 32 characters or the sample, a timeout is no number, the
 *   store is unknown or lacks its binding, or the compatibility date is too old. There is no fallback: without a
 *   secret, anyone could forge a cookie.
 */
export function getConfig(incoming: { request: Request; env: SessionEnv; ctx?: unknown }): SessionConfig {
  const { request, env, ctx } = incoming;
  if (!canReadSetCookie) {
    throw new ConfigError(
      "This Worker cannot read Set-Cookie headers. Set compatibility_date in wrangler.toml to 2023-03-01 or later, " +
        'or add "http_headers_getsetcookie" to compatibility_flags.',
    );
  }
  return {
    request,
    startedAt: Date.now(),
    ctx: ctx as SessionConfig["ctx"],
    secrets: parseSecrets(env.SESSION_SECRET),
    cookie: cookieFor(request.url),
    idleTimeout: parseSeconds("SESSION_IDLE_TIMEOUT", env.SESSION_IDLE_TIMEOUT, DEFAULT_IDLE_TIMEOUT),
    absoluteTimeout: parseSeconds("SESSION_ABSOLUTE_TIMEOUT", env.SESSION_ABSOLUTE_TIMEOUT, DEFAULT_ABSOLUTE_TIMEOUT),
    store: parseStore(env),
    storeTimeout: STORE_TIMEOUT,
    now: () => Math.floor(Date.now() / 1000),
    log: consoleLog,
    isDevelopment,
  };
}

// An isolate's environment does not change, and derived keys are cached by this array.
let parsed: { setting: string; secrets: string[] } | undefined;

function parseSecrets(setting = ""): string[] {
  if (parsed?.setting === setting) return parsed.secrets;
  if (!setting.trim()) {
    throw new ConfigError(
      'SESSION_SECRET is missing. Locally: echo "SESSION_SECRET=$(openssl rand -base64 32)" >> .dev.vars, and start the ' +
        "server again; for a deployment, run `npx wrangler secret put SESSION_SECRET`, with the same --env.",
    );
  }
  const secrets = setting.split(",").map((secret) => secret.trim());
  secrets.forEach((secret, index) => {
    const name = secrets.length > 1 ? `SESSION_SECRET number ${index + 1}` : "SESSION_SECRET";
    const isSample = /^(replace|change)[-_ ]?me/i.test(secret);
    if (secret.length >= 32 && !isSample) return;
    const problem = isSample
      ? "is the sample from .dev.vars.example"
      : `has ${secret.length} characters; at least 32 are needed`;
    // An app that changes its storage still needs the former one's short secret to open its cookies.
    throw new ConfigError(
      `${name} ${problem}. Make one with \`openssl rand -base64 32\`. A former storage keeps its own: see \`adopt\`.`,
    );
  });
  parsed = { setting, secrets };
  return secrets;
}

function parseSeconds(name: string, setting: string | undefined, fallback: number): number {
  if (!setting) return fallback;
  const seconds = Number(setting);
  // A value under a minute is surely the wrong unit, and would sign people out between two clicks.
  if (!Number.isInteger(seconds) || seconds < 60) {
    throw new ConfigError(`${name} is "${setting}"; it takes a whole number of seconds, at least 60.`);
  }
  return seconds;
}

function parseStore(env: SessionEnv): StoreSetting {
  const kind = env.SESSION_STORE || "cookie";
  if (kind === "cookie") return { kind };
  if (kind === "kv") return { kind, binding: bindingOf(env, "SESSION_KV") };
  if (kind === "d1")
    return { kind, binding: bindingOf(env, "SESSION_DB"), hasReplicas: isOn(env, "SESSION_D1_REPLICAS") };
  if (kind === "durable-object") return { kind, binding: bindingOf(env, "SESSION_OBJECT") };
  throw new ConfigError(`SESSION_STORE is "${kind}"; it takes cookie, kv, d1 or durable-object.`);
}

function isOn(env: SessionEnv, name: "SESSION_D1_REPLICAS"): boolean {
  const setting = env[name] || "off";
  if (setting === "on" || setting === "off") return setting === "on";
  throw new ConfigError(`${name} is "${setting}"; it takes on or off.`);
}

function bindingOf<Name extends "SESSION_KV" | "SESSION_DB" | "SESSION_OBJECT">(env: SessionEnv, name: Name) {
  const binding = env[name];
  if (binding) return binding as NonNullable<SessionEnv[Name]>;
  throw new ConfigError(`SESSION_STORE is "${env.SESSION_STORE}", but wrangler.toml has no binding ${name} for it.`);
}

const HOST_COOKIE = { name: "__Host-session", secure: true };
const LOCAL_COOKIE = { name: "session", secure: false };

/**
 * With `__Host-`, browsers refuse a cookie of this name from another subdomain or an http page (RFC 6265bis, 4.1.3.2;
 * rule 6.5). Over http on this machine they may refuse it too, so it has another name there. Anywhere else http stays
 * without a session: none crosses a network in the clear.
 */
function cookieFor(url: string): SessionConfig["cookie"] {
  // A pattern, since parsing the URL would cost more than all of the above.
  const isLocal =
    url.startsWith("http:") && /^http:\/\/(([\w.-]+\.)?localhost|127(\.\d+){3}|\[::1\])(:\d+)?\//.test(url);
  return isLocal ? LOCAL_COOKIE : HOST_COOKIE;
}
