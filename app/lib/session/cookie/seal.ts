/**
 * Seals a text so that the browser can carry it, but neither read nor change it. The format is JWE compact
 * serialization (RFC 7516), `dir` with A256GCM. It needs only WebCrypto.
 */
import { decode, encode } from "./base64url";

export type UnsealFailure = "malformed" | "tampered" | "unknown-key" | "expired" | "wrong-purpose";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// The length in bytes and in base64url.
const [IV_BYTES, IV_LENGTH] = [12, 16];
const TAG_LENGTH = 22;

/** @param now seconds since 1970 */
export async function seal(text: string, now: number, keyring: Keyring): Promise<string> {
  const { header, aad, key } = keyring.sealingKey(now) ?? (await keyring.makeSealingKey(now));
  // Up to two spaces in front make the length a multiple of 3, so that ciphertext and tag are encoded in one go.
  const padded = encoder.encode(`  ${text}`);
  const plaintext = padded.subarray(padded.length % 3);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: aad };
  const sealed = encode(new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext)));
  return `${header}..${encode(iv)}.${sealed.slice(0, -TAG_LENGTH)}.${sealed.slice(-TAG_LENGTH)}`;
}

/** Opens a token, or says why it cannot. It never throws (rule 4.1). */
export async function unseal(
  token: string,
  now: number,
  keyring: Keyring,
): Promise<{ text: string; isNewestKey: boolean } | { failure: UnsealFailure }> {
  const parts = token.split(".");
  const [header, encryptedKey, iv, ciphertext, tag] = parts as [string, string, string, string, string];
  if (parts.length !== 5 || encryptedKey !== "") return { failure: "malformed" };
  const found = keyring.knownKey(header) ?? (await keyring.findKey(header, now));
  if (typeof found === "string") return { failure: found };

  const sealed = iv.length === IV_LENGTH && tag.length === TAG_LENGTH && joined(iv, ciphertext, tag);
  if (!sealed) return { failure: "tampered" };
  try {
    const algorithm = { name: "AES-GCM", iv: sealed.subarray(0, IV_BYTES), additionalData: found.aad };
    const plaintext = await crypto.subtle.decrypt(algorithm, found.key, sealed.subarray(IV_BYTES));
    return { text: decoder.decode(plaintext).trimStart(), isNewestKey: found.isNewest };
  } catch {
    return { failure: "tampered" };
  }
}

function joined(iv: string, ciphertext: string, tag: string): Uint8Array<ArrayBuffer> | undefined {
  if (ciphertext.length % 4 === 0) return decode(iv + ciphertext + tag);
  // `seal` does not make this length, but RFC 7516 allows it.
  const parts = [iv, ciphertext, tag].map(decode);
  return parts.includes(undefined) ? undefined : Uint8Array.from(parts.flatMap((part) => [...(part ?? [])]));
}

interface Key {
  /** The token's first part. AES-GCM authenticates its bytes (`aad`) along with the text. */
  header: string;
  aad: Uint8Array;
  key: CryptoKey;
  period: number;
  isNewest: boolean;
}

// AES-GCM with random nonces allows 2^32 tokens a key (NIST SP 800-38D, 8.3), which is 10 million a minute for seven
// hours.
const KEY_PERIOD = 6 * 3600;
const periodOf = (seconds: number) => Math.floor(seconds / KEY_PERIOD);

/**
 * Derives the keys of one purpose from the secrets, each for six hours (HKDF, RFC 5869; rule 6.4). A token of one
 * purpose does not open for another. Its header names its key (`kid`).
 */
export class Keyring {
  /** Keys by header. Promises would not do: in Workers a promise belongs to its request. */
  readonly #keys = new Map<string, Key>();
  #newest: Key | undefined;
  private readonly purpose: string;
  private readonly secrets: readonly string[];
  private readonly maxAge: number;

  /**
   * @param secrets newest first: the first one seals, and all of them open
   * @param maxAge seconds; older tokens have expired
   */
  constructor(purpose: string, secrets: readonly string[], maxAge: number) {
    this.purpose = purpose;
    this.secrets = secrets;
    this.maxAge = maxAge;
  }

  knownKey(header: string): Key | undefined {
    return this.#keys.get(header);
  }

  /** Returns the key if it has been made. */
  sealingKey(now: number): Key | undefined {
    return this.#newest?.period === periodOf(now) ? this.#newest : undefined;
  }

  async makeSealingKey(now: number): Promise<Key> {
    this.#newest = await this.#derive(0, periodOf(now));
    return this.#newest;
  }

  /** Returns the key that this header names, or why it names none of ours. */
  async findKey(header: string, now: number): Promise<Key | UnsealFailure> {
    const { alg, enc, typ, kid } = parse(header);
    if (alg !== "dir" || enc !== "A256GCM" || typeof kid !== "string") return "malformed";
    if (typ !== this.purpose) return "wrong-purpose";
    const [keyId, periodText] = kid.split(".");
    const period = Number(periodText);
    for (const [index, secret] of this.secrets.entries()) {
      if ((await keyIdOf(secret)) !== keyId) continue;
      // Anybody can write a header. These bounds limit how many keys a forged one makes us derive and cache.
      if (period < periodOf(now - this.maxAge)) return "expired";
      if (!Number.isInteger(period) || period > periodOf(now) + 1) return "unknown-key";
      // Each token has one spelling: the same header in other words is not ours.
      return headerOf(this.purpose, keyId, period) === header ? this.#derive(index, period) : "malformed";
    }
    return "unknown-key";
  }

  async #derive(index: number, period: number): Promise<Key> {
    const secret = this.secrets[index] as string;
    const header = headerOf(this.purpose, await keyIdOf(secret), period);
    const bits = await deriveBits(secret, `A256GCM ${this.purpose} ${period}`, 256);
    const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
    const derived = { header, aad: encoder.encode(header), key, period, isNewest: index === 0 };
    this.#keys.set(header, derived);
    return derived;
  }
}

function parse(header: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(decoder.decode(decode(header))));
  } catch {
    return {};
  }
}

function headerOf(purpose: string, keyId: string, period: number): string {
  const header = { alg: "dir", enc: "A256GCM", typ: purpose, kid: `${keyId}.${period}` };
  return encode(encoder.encode(JSON.stringify(header)));
}

const keyIds = new Map<string, string>();

/** Names a secret without revealing it. The name is cached, because every forged header asks for it. */
async function keyIdOf(secret: string): Promise<string> {
  const keyId = keyIds.get(secret) ?? encode(await deriveBits(secret, "kid", 48));
  keyIds.set(secret, keyId);
  return keyId;
}

async function deriveBits(secret: string, info: string, bits: number): Promise<Uint8Array<ArrayBuffer>> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, bits));
}
