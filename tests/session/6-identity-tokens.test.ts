/** The library jose judges our tokens: we seal standard JWEs, and open those that jose seals (rule 6.4, RFC 7516). */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { Keyring, seal, unseal } from "~/lib/session/cookie/seal";

const SECRET = "a secret that is surely long enough";
const PURPOSE = "cookie __Host-session";
const HOUR = 3600;
const DAY = 24 * HOUR;
const now = 1_800_000_000;
const text = '["id",1]\n{"user":"Ada Löwe 🦁"}';

const keyring = (secrets = [SECRET], purpose = PURPOSE) => new Keyring(purpose, secrets, 90 * DAY);

/** Derives the key as seal.ts documents it, but without its code. */
async function keyOf(period: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(SECRET), "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`A256GCM ${PURPOSE} ${period}`);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(algorithm, material, { name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
}

const periodAt = (seconds: number) => Math.floor(seconds / (6 * HOUR));

afterEach(() => vi.restoreAllMocks());

test("6.4 jose opens our tokens", async () => {
  const token = await seal(text, now, keyring());
  const { plaintext, protectedHeader } = await compactDecrypt(token, await keyOf(periodAt(now)));
  expect(new TextDecoder().decode(plaintext).trimStart()).toBe(text);
  expect(protectedHeader).toEqual({
    alg: "dir",
    enc: "A256GCM",
    typ: PURPOSE,
    kid: expect.stringMatching(/^[\w-]{8}\.\d+$/),
  });
});

test("6.4 we open jose's tokens of any length", async () => {
  const { kid } = decodeProtectedHeader(await seal("", now, keyring())) as { kid: string };
  for (let length = 0; length < 70; length++) {
    const plain = "ü".repeat(length / 2) + "x".repeat(length % 2);
    const token = await new CompactEncrypt(new TextEncoder().encode(plain))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", typ: PURPOSE, kid })
      .encrypt(await keyOf(periodAt(now)));
    expect(await unseal(token, now, keyring())).toEqual({ text: plain, isNewestKey: true });
  }
});

test("6.4 jose's tokens with another algorithm, or with another spelling of the header, do not open", async () => {
  const { kid } = decodeProtectedHeader(await seal("", now, keyring())) as { kid: string };
  const key = await keyOf(periodAt(now));
  const sealedBy = (header: { alg: string; enc: string; typ: string; kid: string; cty?: string }) =>
    new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key);
  const compressed = await sealedBy({ alg: "dir", enc: "A256GCM", typ: PURPOSE, kid, cty: "x" });
  const reordered = await sealedBy({ kid, typ: PURPOSE, enc: "A256GCM", alg: "dir" });
  for (const token of [compressed, reordered]) {
    expect(await unseal(token, now, keyring())).toEqual({ failure: "malformed" });
  }
});

test("6.4 a token has one spelling: with its dots elsewhere it does not open", async () => {
  const [header, key, iv = "", ciphertext = "", tag] = (await seal(text, now, keyring())).split(".");
  for (const length of [12, 20]) {
    const rest = iv + ciphertext;
    const moved = [header, key, rest.slice(0, length), rest.slice(length), tag].join(".");
    expect(await unseal(moved, now, keyring())).toEqual({ failure: "tampered" });
  }
  const moved = [header, key, iv, ciphertext.slice(0, -4), ciphertext.slice(-4) + tag].join(".");
  expect(await unseal(moved, now, keyring())).toEqual({ failure: "tampered" });
});

test("6.4 a key is used for six hours: less than 2^32 tokens at 10 million a minute", async () => {
  expect(10_000_000 * 6 * 60).toBeLessThan(2 ** 32);
  const start = periodAt(now) * 6 * HOUR;
  const ring = keyring();
  const kidAt = async (second: number) => decodeProtectedHeader(await seal(text, second, ring)).kid;
  const [first, last, next] = [await kidAt(start), await kidAt(start + 6 * HOUR - 1), await kidAt(start + 6 * HOUR)];
  expect(last).toBe(first);
  expect(next).not.toBe(first);
});

test("6.4 tokens of earlier periods and older secrets open, and those of a removed secret do not", async () => {
  const old = await seal(text, now - 80 * DAY, keyring(["an older secret, which is long enough"]));
  const rotated = keyring([SECRET, "an older secret, which is long enough"]);
  expect(await unseal(old, now, rotated)).toEqual({ text, isNewestKey: false });
  expect(await unseal(await seal(text, now - 80 * DAY, keyring()), now, rotated)).toEqual({ text, isNewestKey: true });
  expect(await unseal(old, now, keyring())).toEqual({ failure: "unknown-key" });
});

test("6.4 a forged period derives no key: only periods within the absolute timeout are derived, once each", async () => {
  const ring = keyring();
  const token = await seal(text, now, ring);
  const [, ...parts] = token.split(".");
  const { kid } = decodeProtectedHeader(token) as { kid: string };
  const [keyId] = kid.split(".");
  const forged = (period: number | string) => {
    const json = JSON.stringify({ alg: "dir", enc: "A256GCM", typ: PURPOSE, kid: `${keyId}.${period}` });
    return [btoa(json).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), ...parts].join(".");
  };
  const derive = vi.spyOn(crypto.subtle, "deriveBits");
  const failures = new Set<string>();
  for (const period of [
    0,
    -1,
    1.5,
    1e300,
    "NaN",
    "Infinity",
    "",
    "00081234",
    "0x10",
    periodAt(now) + 2,
    periodAt(now) - 0.5,
  ]) {
    const result = await unseal(forged(period), now, ring);
    failures.add("failure" in result ? result.failure : "opened");
  }
  expect([...failures].sort()).toEqual(["expired", "malformed", "unknown-key"]);
  expect(derive).not.toHaveBeenCalled();
  for (const _ of [1, 2, 3]) await unseal(forged(periodAt(now - DAY)), now, ring);
  expect(derive).toHaveBeenCalledOnce();
});
