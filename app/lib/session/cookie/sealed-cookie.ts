/**
 * The sealed cookie that all stores have: the session's id and age, and whatever else its store puts in. One file, so
 * that what opens, what expires and what is logged is the same for each store (rules 2.6, 4.1, 6.4).
 */
import { tooLarge } from "../errors";
import type { SessionLog } from "../log";
import type { CommitOptions, Ending, Known } from "../types";
import { encode } from "./base64url";
import { type CookieSettings, cookieValues, MAX_COOKIE_BYTES, setCookieLine } from "./line";
import { Keyring, seal, type UnsealFailure, unseal } from "./seal";

export interface SealedCookieOptions {
  cookie: CookieSettings;
  /** Newest first: the first one seals, all of them open (rule 6.4). */
  secrets: readonly string[];
  /** Seconds without a renewal after which a session is over. */
  idleTimeout: number;
  /** Seconds after its start when a session is over, however busy. */
  absoluteTimeout: number;
  /** Seconds since 1970. A test passes its own clock. */
  now: () => number;
  log: SessionLog;
}

export interface OpenedCookie {
  known: Known;
  content: string;
  /** The cookie is a day old, or sealed with an old secret: it is due to be issued again although nothing changed. */
  isRenewalDue: boolean;
  /** Characters of the cookie's value. */
  length: number;
}

const DAY = 86_400;

/** @param kind what is in it: a cookie of one kind does not open as another, nor as one of another name (rule 6.4) */
export function createSealedCookie(kind: string, options: SealedCookieOptions) {
  const { secrets, idleTimeout, absoluteTimeout, now, log } = options;
  const keyring = () => keyringFor(`${kind} ${options.cookie.name}`, secrets, absoluteTimeout);

  async function open(value: string): Promise<OpenedCookie | UnsealFailure> {
    if (value.length > MAX_COOKIE_BYTES) return "malformed";
    const unsealed = await unseal(value, now(), keyring());
    if ("failure" in unsealed) return unsealed.failure;

    const { known, content } = parse(unsealed.text);
    if (!known) return "malformed";
    // By today's settings: a timeout that was shortened takes effect at once.
    if (now() >= expiryOf(known)) return "expired";
    // Once a day, or twice within an idle timeout shorter than two days: otherwise a busy visitor would time out.
    const renewAfter = Math.min(DAY, idleOf(known) / 2);
    const isRenewalDue = !unsealed.isNewestKey || now() - known.renewedAt >= renewAfter;
    return { known, content, isRenewalDue, length: value.length };
  }

  const idleOf = ({ idle = idleTimeout }: Known) => idle;

  /** The second from which the session is over, if it is not renewed. */
  const expiryOf = (known: Known) => Math.min(known.renewedAt + idleOf(known), known.createdAt + absoluteTimeout);

  return {
    expiryOf,

    /** The first cookie of the name that opens. If none does, the log says why the first one did not. */
    async open(header: string | null | undefined): Promise<OpenedCookie | undefined> {
      if (!header) return undefined;
      let firstFailure: UnsealFailure | undefined;
      for (const value of cookieValues(header, options.cookie.name)) {
        const opened = await open(value);
        if (typeof opened !== "string") return opened;
        firstFailure ??= opened;
      }
      if (firstFailure) log(firstFailure);
      return undefined;
    },

    /**
     * The session as its next cookie names it: renewed now, with a lifetime of its own if it was given one (1.5), and
     * with a new id if it is a new one or was regenerated (6.1).
     */
    renewed(known: Known | undefined, options: CommitOptions = {}, ending?: Ending): Known {
      const renewedAt = now();
      const isNew = !known || ending?.kind === "destroy";
      const createdAt = isNew || ending?.newLifetime ? renewedAt : known.createdAt;
      const id = isNew || ending ? newSessionId() : known.id;
      const { idle, endsWithBrowser } = isNew ? {} : known;
      return { idle, endsWithBrowser, ...lifetimeFrom(options, renewedAt), id, createdAt, renewedAt };
    },

    /**
     * The `Set-Cookie` line.
     *
     * @throws SessionError "too-large" if browsers would not store it (rule 4.3); says which keys of `data` are largest
     */
    async line(known: Known, content: string, data: object): Promise<string> {
      const { id, createdAt, renewedAt, idle, endsWithBrowser } = known;
      const text = `${JSON.stringify([id, createdAt, renewedAt, idle, endsWithBrowser])}\n${content}`;
      const maxAge = endsWithBrowser ? undefined : expiryOf(known) - now();
      const line = setCookieLine(options.cookie, await seal(text, renewedAt, keyring()), maxAge);
      if (line.length > MAX_COOKIE_BYTES) throw tooLarge("cookie", line.length, MAX_COOKIE_BYTES, data);
      return line;
    },

    /** The line that removes it. */
    removal: () => setCookieLine(options.cookie, "", 0),
  };
}

/** Deriving a key costs more than sealing: keyrings are kept as long as their secrets are, which is an isolate's life. */
const keyrings = new WeakMap<readonly string[], Map<string, Keyring>>();

function keyringFor(purpose: string, secrets: readonly string[], maxAge: number): Keyring {
  const ofSecrets = keyrings.get(secrets) ?? new Map<string, Keyring>();
  const name = `${purpose} ${maxAge}`;
  const keyring = ofSecrets.get(name) ?? new Keyring(purpose, secrets, maxAge);
  keyrings.set(secrets, ofSecrets.set(name, keyring));
  return keyring;
}

/** 128 bits from the system's generator: nobody guesses one (OWASP ASVS 5, 7.2.3; rule 6.3). */
export const newSessionId = () => encode(crypto.getRandomValues(new Uint8Array(16)));

/** A line of JSON about the session, then the content, which stays a text: nobody may need it parsed. */
function parse(text: string): { known?: Known; content: string } {
  const end = text.indexOf("\n");
  const content = text.slice(end + 1);
  if (end < 0) return { content };
  const [id, createdAt, renewedAt, idle, endsWithBrowser] = JSON.parse(text.slice(0, end));
  return { content, known: { id, createdAt, renewedAt, idle: idle ?? undefined, endsWithBrowser: !!endsWithBrowser } };
}

/** As in Remix: a `maxAge` that is given as undefined, with no `expires`, makes a cookie that ends with the browser. */
function lifetimeFrom(options: CommitOptions, now: number): Pick<Known, "idle" | "endsWithBrowser"> {
  const { maxAge, expires } = options;
  const idle = maxAge ?? (expires && expires.getTime() / 1000 - now);
  if (idle !== undefined && !Number.isFinite(idle))
    throw new TypeError("A session's lifetime has to be a number or a date.");
  if (idle !== undefined) return { idle: Math.max(0, Math.floor(idle)), endsWithBrowser: false };
  return "maxAge" in options ? { endsWithBrowser: true } : {};
}
