import {
  createCookieSessionStorage,
  createSession as createRemixSession,
  type Session as RemixSession,
} from "@remix-run/cloudflare";
import { expect, expectTypeOf, test } from "vitest";
import { createSession, type Session, SuperflareSession } from "~/lib/session";

type Data = { theme: "light" | "dark"; n: number };
type Flash = { success: string; theme: string };

test("1.1 the wrapper takes its types from the session, whichever package typed it", () => {
  const wrapped = {
    remix: new SuperflareSession(createRemixSession<Data, Flash>()),
    own: new SuperflareSession(createSession<Data, Flash>()),
    told: new SuperflareSession<Data, Flash>(createRemixSession()),
  };
  for (const session of Object.values(wrapped)) {
    expectTypeOf(session.get("n")).toEqualTypeOf<number | undefined>();
    expectTypeOf(session.getFlash("success")).toEqualTypeOf<string | undefined>();
    // @ts-expect-error not a value
    session.set("success", "x");
    // @ts-expect-error not a flash
    session.getFlash("n");
  }
  expectTypeOf(wrapped.remix).toExtend<SuperflareSession<Data, Flash>>();
  const untyped = new SuperflareSession(createRemixSession());
  untyped.set("anything", 1);
  expect(untyped.get("anything")).toBe(1);
});

test("1.5 a session of ours is one of Remix's, and the other way round", async () => {
  const ours: RemixSession<Data, Flash> = createSession<Data, Flash>();
  const theirs: Session<Data, Flash> = createRemixSession<Data, Flash>();
  const storage = createCookieSessionStorage<Data, Flash>({ cookie: { secrets: ["s"] } });
  for (const session of [ours, theirs]) {
    session.set("theme", "dark");
    session.flash("success", "Saved");
    const next = await storage.getSession(await storage.commitSession(session as RemixSession<Data, Flash>));
    expect([next.get("theme"), next.get("success"), next.get("success"), next.has("n")]).toEqual([
      "dark",
      "Saved",
      undefined,
      false,
    ]);
  }
});
