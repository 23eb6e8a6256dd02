import { createSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { requireProof, takeProof } from "./prove-it";
import { signIn, signOut } from "./sign-in";

const now = Math.floor(Date.now() / 1000);
const sessionOf = (data: Partial<SessionData>) =>
  new SuperflareSession(createSession<SessionData, SessionFlashData>(data as SessionData, "id"));
const asks = (error: string, status: number) => ({
  data: { values: { intent: "delete" }, errors: { proof: expect.stringContaining(error) } },
  init: { status },
});

test("a proof of less than ten minutes ago is enough", () => {
  const session = sessionOf({ user: "Ada", provedAt: now - 590 });
  expect(requireProof(session, undefined, { intent: "delete" })).toBeUndefined();
  expect(session.isDirty()).toBe(false);
});

test("without one, the form comes back and asks for proof", () => {
  for (const provedAt of [now - 600, undefined]) {
    const session = sessionOf({ user: "Ada", ...(provedAt && { provedAt }) });
    expect(requireProof(session, undefined, { intent: "delete" })).toMatchObject(asks("Enter your name", 403));
    expect(session.isDirty()).toBe(false);
  }
});

test("a wrong proof is refused, does not come back, and counts for nothing", () => {
  const session = sessionOf({ user: "Ada", provedAt: 1 });
  for (const proof of ["Bob", "", "ada"]) {
    expect(requireProof(session, proof, { intent: "delete" })).toMatchObject(asks("not the name", 422));
  }
  expect(session.get("provedAt")).toBe(1);
});

test("6.1 the right proof lets the action go on, counts from now on, and gives the session a new id", () => {
  const session = sessionOf({ user: "Ada", provedAt: 1 });
  expect(requireProof(session, " Ada ")).toBeUndefined();
  expect(session.get("provedAt")).toBeGreaterThanOrEqual(now);
  expect(session.isDirty()).toBe(true);
  expect(requireProof(session, undefined, { intent: "delete" })).toBeUndefined();
});

test("an old proof stays old in a session with a new id", () => {
  const session = sessionOf({ user: "Ada", provedAt: now - 700 });
  session.regenerate({ newLifetime: true });
  expect(requireProof(session, undefined)).toBeDefined();
});

test("a sign-in is a proof, of that user alone, and a sign-out ends it", () => {
  const session = sessionOf({ user: "Ada", provedAt: now - 700 });
  signIn(session, "Bob", "Firefox on Linux");
  expect(requireProof(session, undefined)).toBeUndefined();
  signOut(session);
  expect(session.get("provedAt")).toBeUndefined();
});

test("the proof is taken out of the form that a page may send back", () => {
  const context = { submitted: { intent: "delete", proof: "secret" } };
  expect(takeProof(context)).toBe("secret");
  expect(context.submitted).toEqual({ intent: "delete" });
  expect(takeProof({})).toBeUndefined();
});
