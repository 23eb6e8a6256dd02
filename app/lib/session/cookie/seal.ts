/**
 * Seals a text so that the browser can carry it, but neither read nor change it. The format is JWE compact
 * serialization (RFC 7516), A256KW with A256GCM: each token has a random key of its own, wrapped with one that is derived
 * from the secret. So AES-GCM's limit for random nonces, 2^32 tokens a key (NIST SP 800-38D, 8.3), is out of reach, and
 * nothing that a visitor sends makes us derive a key (rule 6.4). It needs only WebCrypto.
 */
import { type Bytes, decode, encode } from "./base64url";

export type UnsealFailure = "malformed" | "tampered" | "unknown-key" | "expired" | "wrong-purpose";

interface Key {
  /** The token's first part. It names the secret (`kid`) and the purpose, and AES-GCM authenticates it with the text. */
  header: string;
  wrappingKey: CryptoKey;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const [WRAPPED_BYTES, IV_BYTES, TAG_BYTES] = [40, 12, 16];

/**
 * Seals with the newest secret.
 *
 * @param purpose A token for one purpose does not open for another.
 * @param secrets newest first
 */
export async function seal(text: string, purpose: string, secrets: readonly string[]): Promise<string> {
  const [newest] = await keysFor(purpose, secrets);
  const { header, wrappingKey } = newest as Key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(header) };
  const [wrapped, encrypted] = await Promise.all([
    crypto.subtle.wrapKey("raw", key as CryptoKey, wrappingKey, "AES-KW"),
    crypto.subtle.encrypt(algorithm, key as CryptoKey, encoder.encode(text)),
  ]);
  const sealed = new Uint8Array(encrypted as ArrayBuffer);
  const tag = sealed.subarray(-TAG_BYTES);
  const parts = [new Uint8Array(wrapped as ArrayBuffer), iv, sealed.subarray(0, -TAG_BYTES), tag];
  return [header, ...parts.map(encode)].join(".");
}

/** Opens a token, or says why it cannot. It never throws (rule 4.1). */
export async function unseal(
  token: string,
  purpose: string,
  secrets: readonly string[],
): Promise<{ text: string; isNewestKey: boolean } | { failure: UnsealFailure }> {
  const [header = "", ...rest] = token.split(".");
  if (rest.length !== 4) return { failure: "malformed" };
  const keys = await keysFor(purpose, secrets);
  const found = keys.find((key) => key.header === header);
  if (!found) return { failure: whyUnknown(header, purpose) };
  const [wrapped, iv, ciphertext, tag] = rest.map(decode);
  // Each token has one spelling, so the lengths must be right as well.
  const isWhole = wrapped?.length === WRAPPED_BYTES && iv?.length === IV_BYTES && tag?.length === TAG_BYTES;
  if (!isWhole || !ciphertext) return { failure: "tampered" };
  try {
    const key = await crypto.subtle.unwrapKey("raw", wrapped, found.wrappingKey, "AES-KW", "AES-GCM", false, [
      "decrypt",
    ]);
    const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(header) };
    const plaintext = await crypto.subtle.decrypt(algorithm, key, joined(ciphertext, tag));
    return { text: decoder.decode(plaintext), isNewestKey: found === keys[0] };
  } catch {
    return { failure: "tampered" };
  }
}

function joined(start: Bytes, end: Bytes): Bytes {
  const bytes = new Uint8Array(start.length + end.length);
  bytes.set(start);
  bytes.set(end, start.length);
  return bytes;
}

/** Tells why this header is none of ours. The same header in other words is not ours either. */
function whyUnknown(header: string, purpose: string): UnsealFailure {
  try {
    const { alg, enc, typ, kid } = JSON.parse(decoder.decode(decode(header)));
    if (header !== headerOf(typ, kid) || alg !== "A256KW" || enc !== "A256GCM") return "malformed";
    return typ === purpose ? "unknown-key" : "wrong-purpose";
  } catch {
    return "malformed";
  }
}

const headerOf = (purpose: string, kid: string) =>
  encode(encoder.encode(JSON.stringify({ alg: "A256KW", enc: "A256GCM", typ: purpose, kid })));

/** Deriving keys costs more than sealing, so they live as long as their array of secrets. */
const cache = new WeakMap<readonly string[], Map<string, Key[]>>();

async function keysFor(purpose: string, secrets: readonly string[]): Promise<Key[]> {
  const ofSecrets = cache.get(secrets) ?? new Map<string, Key[]>();
  // No promise is kept: in Workers it belongs to its request.
  const keys = ofSecrets.get(purpose) ?? (await Promise.all(secrets.map((secret) => deriveKey(purpose, secret))));
  cache.set(secrets, ofSecrets.set(purpose, keys));
  return keys;
}

/** HKDF (RFC 5869) with the purpose as `info`. */
async function deriveKey(purpose: string, secret: string): Promise<Key> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
  const derive = async (info: string, bits: number) => {
    const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(info) };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, bits));
  };
  const header = headerOf(purpose, encode(await derive("kid", 48)));
  const bits = await derive(`A256KW ${purpose}`, 256);
  return { header, wrappingKey: await crypto.subtle.importKey("raw", bits, "AES-KW", false, ["wrapKey", "unwrapKey"]) };
}
