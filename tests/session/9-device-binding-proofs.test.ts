/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * Forged proofs, challenges and device cookies (9.5, P6). Whatever is sent, the answer is a refusal without a cookie,
 * the store keeps what it had, and the owner goes on.
 */
import fc from "fast-check";
import { base64url } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Browser,
  CHALLENGE_AGE,
  challengeIn,
  copyOf,
  createApp,
  createBrowser,
  createKey,
  createOwner,
  DEVICE,
  DEVICE_AGE,
  encoded,
  type Key,
  SESSION,
  sign,
} from "./device-browser";
import { CONSISTENT, migrate, watchedStore } from "./harness";

beforeAll(migrate);

const PURPOSES = ["refresh", "registration"] as const;
type Purpose = (typeof PURPOSES)[number];

interface Target {
  browser: Browser;
  /** A good challenge, and the head of a good proof. */
  challenge: string;
  head: object;
}

/** Makes a browser that is about to refresh, or to register its key. */
async function createTarget(purpose: Purpose, app = createApp("durable-object")): Promise<Target> {
  if (purpose === "refresh") {
    const browser = await createOwner(app);
    return { browser, challenge: challengeIn((await browser.ask()).headers), head: {} };
  }
  const browser = await createBrowser(app);
  await browser.signIn();
  return { browser, challenge: browser.challenge, head: { jwk: browser.key.jwk } };
}

/** Sends the proof as this browser; everything but the proof is right. */
async function refusalOf(browser: Browser, proof: string): Promise<number> {
  const { status, lines } = await browser.sendProof(proof);
  expect(lines).toEqual([]);
  return status;
}

/** Its own proof is taken after all these attempts. */
async function expectToGoOn({ browser, challenge, head }: Target) {
  expect((await browser.sendProof(await browser.prove(challenge, head))).status).toBe(200);
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const oneOf = (characters: string) => fc.constantFrom(...characters);
const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const inAlphabet = fc.string({ unit: oneOf(BASE64URL), maxLength: 40 });
const json = fc.json().map((text) => base64url.encode(text));

const strings = fc.oneof(
  fc.string({ unit: printable, maxLength: 200 }),
  fc.array(inAlphabet, { maxLength: 6 }).map((parts) => parts.join(".")),
  fc.tuple(json, json, inAlphabet).map((parts) => parts.join(".")),
);

type Change = (text: string) => string;
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const at = (place: number, { length }: ArrayLike<unknown>) => Math.min(length - 1, Math.floor(place * length));
// A header's value ends before a parameter, and quotes around it do not count.
const inserted = fc.string({ unit: printable.filter((character) => !';"'.includes(character)), maxLength: 3 });
const removed = fc.oneof(fc.nat(3), fc.constant(Number.POSITIVE_INFINITY));
const parts = fc.array(fc.oneof(inAlphabet, json, fc.constant("")), { maxLength: 2 });

const changesOfText: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fraction, removed, inserted).map(
    ([place, count, insertion]) =>
      (text: string) =>
        text.slice(0, at(place, text)) + insertion + text.slice(at(place, text) + count),
  ),
  fc.tuple(fc.nat(3), fc.nat(2), parts).map(
    ([index, count, insertion]) =>
      (text: string) =>
        text
          .split(".")
          .toSpliced(index, count, ...insertion)
          .join("."),
  ),
  fc
    .shuffledSubarray([0, 1, 2])
    .map((order) => (text: string) => order.map((index) => text.split(".")[index]).join(".")),
);

const flipOfBit: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(2), fraction, fc.nat(7))
  .map(([index, place, bit]) => (text) => {
    const all = text.split(".");
    const bytes = base64url.decode(all[index] ?? "");
    const where = at(place, bytes);
    bytes[where] = (bytes[where] ?? 0) ^ (1 << bit);
    return all.with(index, base64url.encode(bytes)).join(".");
  });

const changes: fc.Arbitrary<Change> = fc.oneof(
  flipOfBit,
  fc
    .array(changesOfText, { minLength: 1, maxLength: 3 })
    .map((all) => (text: string) => all.reduce((changed, change) => change(changed), text)),
);

describe.each(CONSISTENT)("%s", (kind) => {
  const watched = async (purpose: Purpose) => {
    const store = watchedStore(kind);
    const target = await createTarget(purpose, createApp(kind, { vars: store.config.env }));
    return { target, accesses: () => store.accesses().length };
  };

  test.each(PURPOSES)("9.5 P6 no string is a proof for a %s", async (purpose) => {
    const { target, accesses } = await watched(purpose);
    const property = fc.asyncProperty(strings, async (proof) => {
      const before = accesses();
      // The store is read, and not written.
      expect([await refusalOf(target.browser, proof), accesses() - before]).toEqual([401, 1]);
    });
    await fc.assert(property, { numRuns: 500, seed: 1 });
    await expectToGoOn(target);
  });

  test.each(PURPOSES)("9.5 P6 no change of a proof for a %s is one", async (purpose) => {
    const { target, accesses } = await watched(purpose);
    const { browser, challenge, head } = target;
    const good = await browser.prove(challenge, head);
    const property = fc.asyncProperty(changes, async (change) => {
      const proof = change(good);
      fc.pre(proof !== good);
      const before = accesses();
      expect([await refusalOf(browser, proof), accesses() - before]).toEqual([401, 1]);
    });
    await fc.assert(property, { numRuns: 1_000, seed: 1 });
    await expectToGoOn(target);
  });
});

describe.each(PURPOSES)("9.5 a proof for a %s is refused", (purpose) => {
  test.each<[name: string, head: object]>([
    ["typ is missing", { typ: undefined }],
    ["typ is another", { typ: "JWT" }],
    ["typ is another in case", { typ: "DBSC+JWT" }],
    ["typ is a list", { typ: ["dbsc+jwt"] }],
    ["alg is missing", { alg: undefined }],
    ["alg is none", { alg: "none" }],
    ["alg is HS256", { alg: "HS256" }],
    ["alg is RS256", { alg: "RS256" }],
    ["alg is ES384", { alg: "ES384" }],
    ["alg is a list", { alg: ["ES256"] }],
    [
      "the head has them in its prototype only",
      { typ: undefined, alg: undefined, ["__proto__"]: { typ: "dbsc+jwt", alg: "ES256" } },
    ],
  ])("if its %s, though the signature is right", async (_, wrong) => {
    const target = await createTarget(purpose);
    const { browser, challenge, head } = target;
    expect(await refusalOf(browser, await browser.prove(challenge, { ...head, ...wrong }))).toBe(401);
    await expectToGoOn(target);
  });

  test.each<[name: string, forge: (proof: string, target: Target) => string | Promise<string>]>([
    ["has no signature", (proof) => `${proof.split(".").slice(0, 2).join(".")}.`],
    ["has two parts", (proof) => proof.split(".").slice(0, 2).join(".")],
    ["has an empty fourth part", (proof) => `${proof}.`],
    ["has a fourth part", (proof) => `${proof}.e30`],
    ["is empty", () => ""],
    ["has a signature of zeros", (proof) => proof.split(".").with(2, "A".repeat(86)).join(".")],
    [
      "has a signature in DER",
      (proof) =>
        proof
          .split(".")
          .with(2, inDer(proof.split(".")[2] ?? ""))
          .join("."),
    ],
    ["has another spelling of its signature", (proof) => respelled(proof)],
    ["has padding", (proof) => `${proof}==`],
    ["has a body that is no UTF-8", (proof, { browser }) => signText(browser.key, `${proof.split(".")[0]}._w`)],
    ["is signed by another key", async (_, { challenge, head }) => sign(await createKey(), head, { jti: challenge })],
    ["is signed with the public key as a secret", (_, target) => signedWithPublicKey(target)],
    ["has a head that is no JSON", (proof, { browser }) => signText(browser.key, `bm8.${proof.split(".")[1]}`)],
    ["has a body that is no JSON", (proof, { browser }) => signText(browser.key, `${proof.split(".")[0]}.bm8`)],
    ["has a body of null", (proof, { browser }) => signText(browser.key, `${proof.split(".")[0]}.${encoded(null)}`)],
    ["has a head of null", (proof, { browser }) => signText(browser.key, `${encoded(null)}.${proof.split(".")[1]}`)],
    [
      "has a head in another spelling",
      (proof, { browser }) => signText(browser.key, proof.split(".").slice(0, 2).join("=.")),
    ],
  ])("if it %s", async (_, forge) => {
    const target = await createTarget(purpose);
    const { browser, challenge, head } = target;
    const proof = await forge(await browser.prove(challenge, head), target);
    expect(await refusalOf(browser, proof)).toBe(401);
    await expectToGoOn(target);
  });

  test.each([5_000, 100_000, 1_000_000])(
    "P6 if it has %i characters, though the signature is right",
    async (length) => {
      const target = await createTarget(purpose);
      const { browser, challenge, head } = target;
      for (const proof of [
        await browser.prove(challenge, head, { padding: "x".repeat(length) }),
        await browser.prove(challenge, { ...head, padding: "x".repeat(length) }),
        "x".repeat(length),
        ".".repeat(length),
        `"${"a;".repeat(length / 2)}`,
      ])
        expect(await refusalOf(browser, proof)).toBe(401);
      await expectToGoOn(target);
    },
  );

  test("if it names another binding", async () => {
    const target = await createTarget(purpose);
    const { browser, challenge, head } = target;
    const proof = await browser.prove(challenge, head);
    const ids = fc.oneof(strings, inAlphabet, fc.constant("x".repeat(1_000_000)));
    const property = fc.asyncProperty(ids, async (id) => {
      const { status, lines } = await browser.sendProof(proof, id);
      expect([status, lines]).toEqual([401, []]);
    });
    await fc.assert(property, { numRuns: 200, seed: 1 });
    await expectToGoOn(target);
  });
});

describe("9.5 a key for a registration", () => {
  const register = async ({ browser, challenge }: Target, jwk: unknown, key: Key = browser.key) =>
    refusalOf(browser, await sign(key, { jwk }, { jti: challenge }));

  test.each<[name: string, jwkOf: (jwk: JsonWebKey) => unknown]>([
    ["missing", () => undefined],
    ["null", () => null],
    ["a text", (jwk) => JSON.stringify(jwk)],
    ["a list", (jwk) => [jwk]],
    ["empty", () => ({})],
    ["without its second half", ({ x }) => ({ kty: "EC", crv: "P-256", x })],
    ["of numbers", () => ({ kty: "EC", crv: "P-256", x: 1, y: 2 })],
    ["of objects", ({ x, y }) => ({ kty: "EC", crv: "P-256", x: { x }, y: { y } })],
    ["of objects that cannot be a text", () => ({ x: { toString: 1, valueOf: 1 }, y: { toString: 1, valueOf: 1 } })],
    ["of nulls", () => ({ kty: "EC", crv: "P-256", x: null, y: null })],
    ["the other way round", ({ x, y }) => ({ kty: "EC", crv: "P-256", x: y, y: x })],
    ["not on the curve", ({ x }) => ({ kty: "EC", crv: "P-256", x, y: x })],
    ["of zeros", () => ({ kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) })],
    ["too short", ({ x = "", y = "" }) => ({ kty: "EC", crv: "P-256", x: x.slice(4), y: y.slice(4) })],
    ["in the prototype only", (jwk) => ({ ["__proto__"]: jwk })],
    ["a secret", () => ({ kty: "oct", k: "AAAA" })],
  ])("is refused if it is %s", async (_, jwkOf) => {
    const target = await createTarget("registration");
    expect(await register(target, jwkOf(target.browser.key.jwk))).toBe(401);
    await expectToGoOn(target);
  });

  test("is refused if it is on another curve", async () => {
    const target = await createTarget("registration");
    const key = await createKey("P-384");
    expect(await register(target, key.jwk, key)).toBe(401);
    expect(await register(target, { ...key.jwk, crv: "P-256" }, key)).toBe(401);
    await expectToGoOn(target);
  });

  test("is stored as text, without whatever else is in it", async () => {
    const { browser, challenge } = await createTarget("registration");
    const { jwk } = browser.key;
    const more = { ...jwk, x: [jwk.x], d: "private", use: "sig", padding: "x".repeat(500) };
    await browser.sendProof(await browser.prove(challenge, { jwk: more }));
    expect((await browser.visit((session) => session.get("deviceBinding"))).seen).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      key: jwk,
      boundAt: browser.app.clock.now,
    });
  });

  test("9.3 is refused at a refresh, be it the session's or another one", async () => {
    const target = await createTarget("refresh");
    const { browser } = target;
    const thief = await copyOf(browser);
    for (const { key } of [browser, thief]) {
      expect(await register(target, key.jwk, key)).toBe(401);
      expect(await refusalOf(thief, await sign(key, { jwk: key.jwk }, { jti: browser.challenge }))).toBe(401);
    }
    expect(await register(target, null)).toBe(401);
    await expectToGoOn(target);
  });
});

describe("9.5 a challenge", () => {
  const valueOfCookie = (browser: Browser, name: string) => browser.jar.get(name)?.value ?? "";

  /** Everything that the server has sealed, for this session and another one of the same user, but the right challenge. */
  async function otherChallenges({ browser }: Target) {
    const other = await createOwner(browser.app);
    const unbound = await createBrowser(browser.app);
    await unbound.signIn();
    return {
      "of another binding": challengeIn((await other.ask()).headers),
      "of another session's offer": unbound.challenge,
      "of a former offer": other.challenge,
      "that is the session's cookie": valueOfCookie(browser, SESSION),
      "that is another device cookie": valueOfCookie(other, DEVICE),
      "that is nothing": "",
      "that is a word": "undefined",
    };
  }

  test("for a refresh is of this binding and this purpose: another one is answered with a new one", async () => {
    const target = await createTarget("refresh");
    const { browser } = target;
    const others = {
      ...(await otherChallenges(target)),
      "of the offer": browser.challenge,
      "that is the device cookie": valueOfCookie(browser, DEVICE),
    };
    for (const [name, challenge] of Object.entries(others)) {
      const { status, lines, headers } = await browser.sendProof(await browser.prove(challenge));
      expect([name, status, lines]).toEqual([name, 403, []]);
      expect(await browser.sendProof(await browser.prove(challengeIn(headers)))).toMatchObject({ status: 200 });
    }
  });

  test("for a registration is of this session and this purpose: another one is refused", async () => {
    const target = await createTarget("registration");
    const { browser, head } = target;
    for (const [name, challenge] of Object.entries(await otherChallenges(target)))
      expect([name, await refusalOf(browser, await browser.prove(challenge, head))]).toEqual([name, 401]);
    await expectToGoOn(target);
  });

  test.each<unknown>([undefined, null, 0, true, {}, { toString: 1 }, [], "x".repeat(3_000)])(
    "%j is none",
    async (jti) => {
      for (const [purpose, statuses] of [
        ["refresh", [401, 403]],
        ["registration", [401]],
      ] as const) {
        const target = await createTarget(purpose);
        const { browser, head } = target;
        expect(statuses).toContain(await refusalOf(browser, await browser.prove("", head, { jti })));
        await expectToGoOn(target);
      }
    },
  );

  test("is sent to whoever has the cookies, and is of no use without the key", async () => {
    const { browser } = await createTarget("refresh");
    const thief = await copyOf(browser);
    for (const { status, lines } of [await thief.ask(), await thief.refresh()])
      expect([lines, status >= 400]).toEqual([[], true]);
  });

  test("is forged by no one", async () => {
    const { browser } = await createTarget("refresh");
    const { headers } = await browser.ask();
    const good = challengeIn(headers);
    const forged = fc.oneof(
      strings,
      changes.map((change) => change(good)),
    );
    const property = fc.asyncProperty(forged, async (challenge) => {
      fc.pre(challenge !== good);
      expect(await refusalOf(browser, await browser.prove(challenge))).toBe(403);
    });
    await fc.assert(property, { numRuns: 500, seed: 1 });
    expect((await browser.sendProof(await browser.prove(good))).status).toBe(200);
  });
});

describe("9.5 a proof that is sent again", () => {
  test("gets a device cookie that ends at the same time, and after two minutes none", async () => {
    const { browser, challenge } = await createTarget("refresh");
    const { clock } = browser.app;
    const proof = await browser.prove(challenge);
    const endsAt = clock.now + DEVICE_AGE;
    const thief = await copyOf(browser);
    thief.jar.delete(DEVICE);
    for (let wait = 0; wait < CHALLENGE_AGE; wait += 40) {
      const { status, lines } = await thief.sendProof(proof);
      expect([status, lines.join()]).toEqual([200, expect.stringContaining(`; Max-Age=${endsAt - clock.now};`)]);
      clock.now += 40;
    }
    const late = await thief.sendProof(proof);
    expect([late.status, late.lines]).toEqual([403, []]);
    thief.ahead = -DEVICE_AGE;
    clock.now = endsAt - 1;
    expect(await thief.read()).toEqual({ user: "ada" });
    clock.now = endsAt;
    expect((await thief.visit(() => {})).status).toBe(307);
  });

  test("is for its own session only", async () => {
    const target = await createTarget("refresh");
    const { browser, challenge } = target;
    const other = await createOwner(browser.app);
    const proof = await browser.prove(challenge);
    for (const id of [other.binding, browser.binding]) {
      const { status, lines } = await other.sendProof(proof, id);
      expect([status, lines]).toEqual([401, []]);
    }
    await expectToGoOn(target);
  });
});

describe("9.2 P6 a device cookie", () => {
  test("is forged by no one", async () => {
    const app = createApp("cookie");
    const owner = await createOwner(app);
    const good = owner.jar.get(DEVICE)?.value ?? "";
    const session = owner.jar.get(SESSION)?.value ?? "";
    const forged = fc.oneof(
      strings,
      changes.map((change) => change(good)),
    );
    const property = fc.asyncProperty(forged, async (value) => {
      fc.pre(value !== good && !value.includes(";"));
      const headers = { Cookie: `${SESSION}=${session}; ${DEVICE}=${value}` };
      const { response, seen } = await (await app.receive(new Request("https://example.com/", { headers }), {}))(
        () => "reached",
      );
      expect([response.status, seen]).toEqual([307, undefined]);
    });
    await fc.assert(property, { numRuns: 1_000, seed: 1 });
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("is not replaced by what a browser says about it", async () => {
    const app = createApp("cookie");
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const names = ["Secure-Session-Skipped", "Sec-Secure-Session-Id", "Secure-Session-Response", "Sec-Fetch-Site"];
    const headers = fc.dictionary(fc.constantFrom(...names), fc.oneof(strings, fc.constant(owner.binding ?? "")));
    const property = fc.asyncProperty(headers, async (said) => {
      expect([{}, undefined]).toContainEqual(await owner.read({ headers: said }));
    });
    await fc.assert(property, { numRuns: 500, seed: 1 });
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada" });
  });
});

async function signText(key: CryptoKeyPair, text: string) {
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, key.privateKey, new TextEncoder().encode(text));
  return `${text}.${base64url.encode(new Uint8Array(signature))}`;
}

async function signedWithPublicKey({ browser, challenge, head }: Target) {
  const text = `${encoded({ typ: "dbsc+jwt", alg: "HS256", ...head })}.${encoded({ jti: challenge })}`;
  const secret = new TextEncoder().encode(JSON.stringify(browser.key.jwk));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text));
  return `${text}.${base64url.encode(new Uint8Array(signature))}`;
}

/** Writes a signature as X.509 does. */
function inDer(signature: string): string {
  const raw = base64url.decode(signature);
  const integer = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const rest = [...bytes.subarray(start)];
    const whole = (rest[0] ?? 0) > 0x7f ? [0, ...rest] : rest;
    return [2, whole.length, ...whole];
  };
  const both = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return base64url.encode(new Uint8Array([0x30, both.length, ...both]));
}

/** The last character of a signature has four bits that no byte uses. */
function respelled(proof: string): string {
  const last = BASE64URL.indexOf(proof.at(-1) ?? "");
  return proof.slice(0, -1) + BASE64URL.charAt(last ^ 1);
}
