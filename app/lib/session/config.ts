/**
 * Reads the session's settings from the request and the Worker's environment. It needs SESSION_SECRET. SESSION_COOKIE,
 * SESSION_IDLE_TIMEOUT and SESSION_ABSOLUTE_TIMEOUT are optional. A store reads its own (stores/index.ts).
 */
import { type SealedCookieOptions, TEN_YEARS } from "./cookie/sealed-cookie";
import { ConfigError } from "./errors";
import { consoleLog } from "./log";

export interface SessionEnv {
  /** It has at least 32 characters. Several are comma-separated, newest first. */
  SESSION_SECRET?: string;
  /** The cookie's name, without `__Host-`. Apps on one host need different ones. */
  SESSION_COOKIE?: string;
  SESSION_IDLE_TIMEOUT?: string;
  SESSION_ABSOLUTE_TIMEOUT?: string;
}

export interface SessionConfig extends SealedCookieOptions {
  request: Request;
  /** The Worker's environment, for the settings and bindings of a store. */
  env: object;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Its `waitUntil` keeps a visitor who leaves early from cancelling a commit (rule 2.7). */
  ctx: { waitUntil(promise: Promise<unknown>): void } | undefined;
  /** A request waits this many milliseconds for a store (rule 4.8). */
  storeTimeout: number;
  isDevelopment: boolean;
}

const DAY = 86_400;

// OWASP ASVS 5, 7.3.1 and 7.3.2, ask for both timeouts and leave the numbers to your risk analysis. These suit a
// preference such as a theme; for accounts worth stealing, set hours and days.
const IDLE_TIMEOUT = 30 * DAY;
const ABSOLUTE_TIMEOUT = 90 * DAY;

// The bundler inserts the value. Without one a Worker has no `process`, and counts as production.
declare const process: { env: { NODE_ENV?: string } };
let isDevelopment = false;
try {
  isDevelopment = process.env.NODE_ENV === "development";
} catch {}

/**
 * Validates the environment and returns the session's settings, with the request, `env` and `ctx` (rule 1.3). It is cheap
 * enough to call for every request.
 *
 * @throws ConfigError if a secret is missing, shorter than 32 characters, no text or the sample, a setting is not
 *   understood, `ctx` has no `waitUntil`, or the compatibility date is too old. There is no fallback: without a secret,
 *   anyone could forge a cookie.
 */
export function getConfig(incoming: { request: Request; env: SessionEnv; ctx?: unknown }): SessionConfig {
  const { request, env, ctx } = incoming;
  if (!("getSetCookie" in Headers.prototype)) {
    throw new ConfigError(
      "This Worker cannot read Set-Cookie headers. Set compatibility_date in wrangler.toml to 2023-03-01 or later, " +
        'or add "http_headers_getsetcookie" to compatibility_flags.',
    );
  }
  return {
    request,
    env,
    startedAt: Date.now(),
    ctx: parseContext(ctx),
    secrets: parseSecrets(env.SESSION_SECRET),
    cookie: cookieFor(request.url, parseCookieName(env.SESSION_COOKIE)),
    idleTimeout: parseSeconds("SESSION_IDLE_TIMEOUT", env.SESSION_IDLE_TIMEOUT, IDLE_TIMEOUT),
    absoluteTimeout: parseSeconds("SESSION_ABSOLUTE_TIMEOUT", env.SESSION_ABSOLUTE_TIMEOUT, ABSOLUTE_TIMEOUT),
    storeTimeout: 2_000,
    now: () => Math.floor(Date.now() / 1000),
    log: consoleLog,
    isDevelopment,
  };
}

function parseContext(ctx: unknown): SessionConfig["ctx"] {
  const context = ctx as SessionConfig["ctx"];
  if (context === undefined || typeof context?.waitUntil === "function") return context;
  throw new ConfigError("`ctx` has no waitUntil. Pass the third argument of the Worker's fetch, or leave `ctx` out.");
}

// An isolate's environment does not change, and derived keys are cached by this array.
let parsed: { setting: string; secrets: string[] } | undefined;

function parseSecrets(setting: unknown = ""): string[] {
  if (parsed && parsed.setting === setting) return parsed.secrets;
  if (typeof setting !== "string") {
    throw new ConfigError(
      "SESSION_SECRET is no text. If it is a binding of Secrets Store, pass what it holds: " +
        "getConfig({ env: { ...env, SESSION_SECRET: await env.SESSION_SECRET.get() }, … }).",
    );
  }
  if (!setting.trim()) {
    throw new ConfigError(
      // Not by `echo`, which writes UTF-16 in PowerShell.
      "SESSION_SECRET is missing. Locally: node -e \"fs.appendFileSync('.dev.vars', 'SESSION_SECRET=' + " +
        "crypto.randomBytes(32).toString('hex') + '\\n')\", and start the server again; for a deployment, run `npx wrangler " +
        "secret put SESSION_SECRET`, with the same --env.",
    );
  }
  const secrets = setting.split(",").map((secret) => secret.trim());
  for (const [index, secret] of secrets.entries()) {
    const isSample = /^(replace|change)[-_ ]?me/i.test(secret);
    if (secret.length >= 32 && !isSample) continue;
    const name = secrets.length > 1 ? `SESSION_SECRET number ${index + 1}` : "SESSION_SECRET";
    const problem = isSample
      ? "is the sample from .dev.vars.example"
      : `has ${secret.length} characters; at least 32 are needed`;
    // An app that changes its storage still needs the former one's short secret to open its cookies.
    throw new ConfigError(
      `${name} ${problem}. Make one with \`node -p "crypto.randomBytes(32).toString('hex')"\`. A former storage keeps its ` +
        "own: see `adopt`.",
    );
  }
  parsed = { setting, secrets };
  return secrets;
}

function parseSeconds(name: string, setting: unknown, fallback: number): number {
  if (setting === undefined || setting === "") return fallback;
  const seconds = typeof setting === "string" || typeof setting === "number" ? Number(setting) : Number.NaN;
  // A value under a minute, or over ten years, is surely the wrong unit.
  if (Number.isInteger(seconds) && seconds >= 60 && seconds <= TEN_YEARS) return seconds;
  throw new ConfigError(
    `${name} is ${JSON.stringify(setting)}; it takes a whole number of seconds, from 60 to ten years.`,
  );
}

function parseCookieName(setting: unknown): string {
  if (setting === undefined || setting === "") return "session";
  if (typeof setting === "string" && /^(?!__(host|secure)-)[\w-]{1,64}$/i.test(setting)) return setting;
  throw new ConfigError(
    `SESSION_COOKIE is ${JSON.stringify(setting)}; it takes up to 64 letters, digits, "-" and "_", and no prefix __Host-.`,
  );
}

/**
 * With `__Host-`, browsers refuse a cookie of this name from another subdomain or an http page (RFC 6265bis, 4.1.3.2;
 * rule 6.5). Over http on this machine they may refuse it too, so it has another name there. Over http anywhere else,
 * browsers do not keep it: redirect to https.
 */
function cookieFor(url: string, name: string): SessionConfig["cookie"] {
  const isLocal = url.startsWith("http:") && isThisMachine(new URL(url).hostname);
  return isLocal ? { name, secure: false } : { name: `__Host-${name}`, secure: true };
}

function isThisMachine(host: string): boolean {
  const isLoopback = host.startsWith("127.") && host.split(".").every((part) => Number.isInteger(Number(part)));
  return isLoopback || host === "localhost" || host.endsWith(".localhost") || host === "[::1]";
}
