/**
 * Seals a value so that the browser can carry it, but neither read nor change it: an encrypted JWT (RFC 7516, 7519),
 * `dir` with A256GCM. Needs `jose`.
 *
 * Each purpose has a key of its own, derived from the secret (HKDF, RFC 5869): what was sealed for one purpose does
 * not open for another (rule 6.4). The header names the key (`kid`), so that secrets can be rotated.
 */
import { base64url, CompactEncrypt, compactDecrypt, errors, type JWTPayload } from "jose";

export interface SealOptions {
  /** Newest first: the first one seals, all of them open. */
  secrets: readonly string[];
  purpose: string;
}

export type UnsealFailure = "malformed" | "tampered" | "unknown-key" | "expired" | "wrong-purpose";

export type Unsealed = { claims: JWTPayload; isNewestKey: boolean } | { failure: UnsealFailure };

/** Seals the claims; `exp` among them is the second from which the token no longer opens. */
export async function seal(claims: JWTPayload, { secrets, purpose }: SealOptions): Promise<string> {
  const { kid, key } = await keyFor(secrets[0] as string, purpose);
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", typ: purpose, kid })
    .encrypt(key);
}

/**
 * Opens a token at the given second, or says why not. Never throws, whatever the token holds (rule 4.1).
 *
 * jose's own `jwtDecrypt` does the same, and brings 1.6 kB for claims that a session does not have.
 */
export async function unseal(token: string, now: number, { secrets, purpose }: SealOptions): Promise<Unsealed> {
  let isNewestKey = true;
  try {
    const { plaintext } = await compactDecrypt(
      token,
      async ({ typ, kid }) => {
        if (typ !== purpose) throw new Refused("wrong-purpose");
        for (const [index, secret] of secrets.entries()) {
          const candidate = await keyFor(secret, purpose);
          isNewestKey = index === 0;
          if (candidate.kid === kid) return candidate.key;
        }
        throw new Refused("unknown-key");
      },
      { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] },
    );
    if (!isCanonical(token)) return { failure: "tampered" };
    const claims: JWTPayload = JSON.parse(decoder.decode(plaintext));
    return claims.exp !== undefined && now >= claims.exp ? { failure: "expired" } : { claims, isNewestKey };
  } catch (error) {
    if (error instanceof Refused) return { failure: error.failure };
    if (error instanceof errors.JWEDecryptionFailed) return { failure: "tampered" };
    return { failure: "malformed" };
  }
}

const decoder = new TextDecoder();

class Refused extends Error {
  constructor(readonly failure: UnsealFailure) {
    super(failure);
  }
}

/**
 * Decoders forgive padding, spaces, and bits that are unused at a part's end; each would make a second valid token. So
 * nothing but the alphabet is let through, and at the end only characters whose unused bits, 4 or 2, are 0.
 */
function isCanonical(token: string): boolean {
  return token.split(".").every((part) => /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/.test(part));
}

interface Key {
  kid: string;
  key: CryptoKey;
}

/** Deriving costs more than sealing, so it is done once for each isolate, secret and purpose. */
const keys = new Map<string, Key>();

async function keyFor(secret: string, purpose: string): Promise<Key> {
  const name = `${purpose} ${secret}`;
  const known = keys.get(name);
  if (known) return known;

  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
  const derive = async (info: string, bits: number) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(info) },
        material,
        bits,
      ),
    );
  const key = {
    kid: base64url.encode(await derive("kid", 48)),
    key: await crypto.subtle.importKey("raw", await derive(`A256GCM ${purpose}`, 256), "AES-GCM", false, [
      "encrypt",
      "decrypt",
    ]),
  };
  // The key and not its promise is kept: in a Worker, a promise belongs to the request that made it.
  keys.set(name, key);
  return key;
}
