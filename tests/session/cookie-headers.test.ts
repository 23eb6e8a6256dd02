/** Rule 4.1 as a property: no Cookie header, whatever it holds, produces an error or a session that was not issued. */
import fc from "fast-check";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { createSessionStorage, getConfig, handleFetch, type SessionEvent, SuperflareSession } from "~/lib/session";
import { Keyring, seal } from "~/lib/session/cookie/seal";

const SECRET = "a secret that is surely long enough";
const NAME = "__Host-session";
const request = new Request("https://example.com/");
const problems = ["malformed", "tampered", "unknown-key", "expired", "wrong-purpose"];

/** What the app sees for this Cookie header, and what the log says of it. */
async function visit(header: string, secret = SECRET) {
  const events: SessionEvent[] = [];
  const config = {
    ...getConfig({ request, env: { SESSION_SECRET: secret } }),
    log: (event: SessionEvent) => void events.push(event),
  };
  const storage = createSessionStorage<{ user?: string }>(config);
  const session = new SuperflareSession(await storage.getSession(header));
  const response = await handleFetch(
    { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
    () => new Response(`${session.id} ${session.get("user")}`),
  );
  return { status: response.status, cookies: response.headers.getSetCookie(), text: await response.text(), events };
}

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
const textOf = (renewedAt: number) => `["id",${renewedAt},${renewedAt}]\n{"user":"ada"}`;
const sealed = (text: string, { secret = SECRET, purpose = `cookie ${NAME}`, at = now } = {}) =>
  seal(text, at, new Keyring(purpose, [secret], 90 * DAY));
const good = await sealed(textOf(now));
const foreign = {
  jwt: await new SignJWT({ user: "ada" }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET)),
  otherSecret: await sealed(textOf(now), { secret: "another secret, just as long as that" }),
  otherPurpose: await sealed(textOf(now), { purpose: "cookie invitation" }),
  otherShape: await sealed('{"user":"ada"}'),
  expired: await sealed(textOf(now - 31 * DAY), { at: now - 31 * DAY }),
  longExpired: await sealed(textOf(now - 365 * DAY), { at: now - 365 * DAY }),
  ofTomorrow: await sealed(textOf(now + DAY), { at: now + DAY }),
};

/** The value of the cookie, with what the log may say of it. */
const broken = fc.oneof(
  fc.string({ unit: "binary" }).map((value) => ({ value, reasons: problems })),
  fc
    .string({ unit: fc.constantFrom(...'eyJ.-_=%;", ABab01'), maxLength: 300 })
    .map((value) => ({ value, reasons: problems })),
  fc
    .constantFrom("%", "%E0%A4%A", "%00", '"', "null", "{}", "....", "undefined")
    .map((value) => ({ value, reasons: ["malformed"] })),
  fc.constant({ value: foreign.jwt, reasons: ["malformed"] }),
  fc.constant({ value: foreign.otherShape, reasons: ["malformed"] }),
  fc.constant({ value: foreign.otherSecret, reasons: ["unknown-key"] }),
  fc.constant({ value: foreign.otherPurpose, reasons: ["wrong-purpose"] }),
  fc.constant({ value: foreign.expired, reasons: ["expired"] }),
  fc.constant({ value: foreign.longExpired, reasons: ["expired"] }),
  fc.constant({ value: foreign.ofTomorrow, reasons: ["unknown-key"] }),
  fc.nat({ max: 100_000 }).map((length) => ({ value: good + "A".repeat(4096 + length), reasons: ["malformed"] })),
  // Cut anywhere: without its last part it is no token any more; within it, its tag is too short or wrong.
  fc
    .integer({ min: 0, max: good.length - 1 })
    .map((end) => ({ value: good.slice(0, end), reasons: ["malformed", "tampered"] })),
  fc.record({ at: fc.nat({ max: good.length - 1 }), bit: fc.nat({ max: 6 }) }).map(({ at, bit }) => {
    const flipped = String.fromCharCode(good.charCodeAt(at) ^ (1 << bit));
    const isInHeader = at < good.indexOf(".");
    return {
      value: good.slice(0, at) + flipped + good.slice(at + 1),
      reasons: isInHeader
        ? ["malformed", "tampered", "unknown-key", "wrong-purpose", "expired"]
        : ["malformed", "tampered"],
    };
  }),
);

/** Other cookies, and garbage, around it. */
const noise = fc.constantFrom(
  "",
  "theme=dark; ",
  "; ;=; ",
  `x${NAME}=${good}; `,
  `${NAME}x=${good}; `,
  "=;",
  "a=%; ",
  `${NAME}; `,
);

test("4.1 none of 5,000 broken cookie headers is an error, or a session; the log says why", async () => {
  const property = fc.asyncProperty(broken, noise, noise, async ({ value, reasons }, before, after) => {
    const { status, cookies, text, events } = await visit(`${before}${NAME}=${value}; ${after}`);
    expect([status, cookies, text]).toEqual([200, [], " undefined"]);
    expect(events).toHaveLength(1);
    expect(reasons).toContain(events[0]);
  });
  await fc.assert(property, { numRuns: 5000 });
}, 60_000);

test("4.1 a token has one spelling: with padding or spaces, which decoders forgive, it does not open", async () => {
  const parts = good.split(".");
  const respelt = parts.flatMap((part, index) =>
    part
      ? [`${part}==`, `${part}=`, `${part.slice(0, 4)}    ${part.slice(4)}`, `${part}\t`].map((other) =>
          parts.with(index, other).join("."),
        )
      : [],
  );
  for (const value of respelt) {
    const { text, events } = await visit(`a=b; ${NAME}=${value}; c=d`);
    // What stands around a value in the header is no part of it.
    const isTrimmed = value.trim() === good;
    expect([value, text, events]).toEqual([
      value,
      isTrimmed ? "id ada" : " undefined",
      isTrimmed ? [] : [expect.any(String)],
    ]);
  }
});

test("4.1 among broken ones of the same name the good cookie is still found", async () => {
  const withoutSeparator = broken.filter(({ value }) => !value.includes(";"));
  const property = fc.asyncProperty(fc.array(withoutSeparator, { maxLength: 5 }), noise, async (others, before) => {
    const header = [...others.map(({ value }) => value), good].map((value) => `${NAME}=${value}`).join("; ");
    const { status, text, events } = await visit(before + header);
    expect([status, text, events]).toEqual([200, "id ada", []]);
  });
  await fc.assert(property, { numRuns: 500 });
}, 60_000);
