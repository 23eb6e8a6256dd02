/** The library jose judges our tokens: we seal standard JWEs, and open those that jose seals (rule 6.4, RFC 7516). */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { seal, unseal } from "~/lib/session/cookie/seal";

const SECRET = "a secret that is surely long enough";
const OLDER = "an older secret, which is long enough";
const PURPOSE = "cookie __Host-session";
const text = '["id",1]\n{"user":"Ada Löwe 🦁"}';

/** Each call has an array of its own, so that no key is cached. */
const sealed = (secret = SECRET) => seal(text, PURPOSE, [secret]);
const opened = (token: string, secrets = [SECRET]) => unseal(token, PURPOSE, secrets);

/** Derives the key as seal.ts documents it, but without its code. */
async function wrappingKey(): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(SECRET), "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`A256KW ${PURPOSE}`);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(algorithm, material, { name: "AES-KW", length: 256 }, true, ["wrapKey", "unwrapKey"]);
}

const spelled = (header: object, [, ...rest]: string[]) =>
  [btoa(JSON.stringify(header)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), ...rest].join(".");

afterEach(() => vi.restoreAllMocks());

test("6.4 jose opens our tokens", async () => {
  const { plaintext, protectedHeader } = await compactDecrypt(await sealed(), await wrappingKey());
  expect(new TextDecoder().decode(plaintext)).toBe(text);
  expect(protectedHeader).toEqual({
    alg: "A256KW",
    enc: "A256GCM",
    typ: PURPOSE,
    kid: expect.stringMatching(/^[\w-]{8}$/),
  });
});

test("6.4 we open jose's tokens of any length", async () => {
  const { kid } = decodeProtectedHeader(await sealed()) as { kid: string };
  for (let length = 0; length < 70; length++) {
    const plain = "ü".repeat(length / 2) + "x".repeat(length % 2);
    const token = await new CompactEncrypt(new TextEncoder().encode(plain))
      .setProtectedHeader({ alg: "A256KW", enc: "A256GCM", typ: PURPOSE, kid })
      .encrypt(await wrappingKey());
    expect(await opened(token)).toEqual({ text: plain, isNewestKey: true });
  }
});

test("6.4 jose's tokens with another algorithm, or with another spelling of the header, do not open", async () => {
  const { kid } = decodeProtectedHeader(await sealed()) as { kid: string };
  const key = await wrappingKey();
  const sealedBy = (header: { alg: string; enc: string; typ: string; kid: string; cty?: string }) =>
    new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key);
  const withMore = await sealedBy({ alg: "A256KW", enc: "A256GCM", typ: PURPOSE, kid, cty: "x" });
  const reordered = await sealedBy({ kid, typ: PURPOSE, enc: "A256GCM", alg: "A256KW" });
  const ofOtherCipher = spelled({ alg: "A256KW", enc: "A128GCM", typ: PURPOSE, kid }, (await sealed()).split("."));
  for (const token of [withMore, reordered, ofOtherCipher])
    expect(await opened(token)).toEqual({ failure: "malformed" });
});

test("6.4 a token has one spelling: with its dots elsewhere it does not open", async () => {
  const [header, key = "", iv = "", ciphertext = "", tag] = (await sealed()).split(".");
  const moved = [12, 20].flatMap((length) => {
    const [fromKey, fromIv] = [key + iv, iv + ciphertext];
    return [
      [header, fromKey.slice(0, 40 + length), fromKey.slice(40 + length), ciphertext, tag],
      [header, key, fromIv.slice(0, length), fromIv.slice(length), tag],
    ];
  });
  moved.push([header, key, iv, ciphertext.slice(0, -4), ciphertext.slice(-4) + tag]);
  for (const parts of moved) expect(await opened(parts.join("."))).toEqual({ failure: "tampered" });
});

test("6.4 each token has a key of its own, so no key seals 2^32 of them", async () => {
  const contentKeys = new Set<string>();
  for (const token of [await sealed(), await sealed(), await sealed()]) {
    const [, wrapped = ""] = token.split(".");
    contentKeys.add(wrapped);
  }
  expect(contentKeys.size).toBe(3);
});

test("6.4 tokens of older secrets open and are sealed anew, and those of a removed secret do not open", async () => {
  const old = await sealed(OLDER);
  expect(await opened(old, [SECRET, OLDER])).toEqual({ text, isNewestKey: false });
  expect(await opened(await sealed(), [SECRET, OLDER])).toEqual({ text, isNewestKey: true });
  expect(await opened(old)).toEqual({ failure: "unknown-key" });
});

test("6.4 a token of one purpose does not open for another, even under the other's header", async () => {
  const ours = await sealed();
  const theirs = await seal(text, "password reset", [SECRET]);
  expect(await opened(theirs)).toEqual({ failure: "wrong-purpose" });
  const renamed = [ours.split(".")[0], ...theirs.split(".").slice(1)].join(".");
  expect(await opened(renamed)).toEqual({ failure: "tampered" });
});

test("6.4 no forged header derives a key", async () => {
  const secrets = [SECRET];
  const parts = (await seal(text, PURPOSE, secrets)).split(".");
  const derive = vi.spyOn(crypto.subtle, "deriveBits");
  for (const kid of ["AAAAAAAA", "", "__proto__", 7, null, ["x"], "x".repeat(3_000)])
    for (const typ of [PURPOSE, "cookie other", "", null, 7])
      expect(
        await unseal(spelled({ alg: "A256KW", enc: "A256GCM", typ, kid }, parts), PURPOSE, secrets),
      ).toHaveProperty("failure");
  expect(derive).not.toHaveBeenCalled();
});
