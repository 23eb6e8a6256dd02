import { createCookieSessionStorage, createMemorySessionStorage, createSession } from "@remix-run/cloudflare";
import { describe, expect, expectTypeOf, test } from "vitest";
import { createSession as createOwnSession, SessionError, SuperflareSession } from "~/lib/session";

interface Data {
  theme: "light" | "dark";
  user: { name: string; roles: string[] };
  n: number;
}
interface Flash {
  success: string;
  theme: string;
}

const wrap = (data: object = {}) => new SuperflareSession<Data, Flash>(createSession<Data, Flash>(data as Data));

describe("the shape", () => {
  test("1.1 it wraps a session of any Remix storage", async () => {
    for (const storage of [createCookieSessionStorage({ cookie: { secrets: ["s"] } }), createMemorySessionStorage()]) {
      const session = new SuperflareSession(await storage.getSession());
      session.set("theme", "dark");
      session.flash("success", "Saved");
      const line = await storage.commitSession(session.getSession());
      const next = new SuperflareSession(await storage.getSession(line));
      expect([next.get("theme"), next.getFlash("success")]).toEqual(["dark", "Saved"]);
    }
  });

  test("1.1 it wraps a session of another package, which has the shape but keeps its data elsewhere", () => {
    const kept = new Map<string, unknown>([["theme", "dark"]]);
    const session = new SuperflareSession<Data, Flash>({
      id: "theirs",
      get data() {
        return Object.fromEntries(kept);
      },
      has: (name: string) => kept.has(name),
      get: (name: string) => kept.get(name) as never,
      set: (name: string, value: unknown) => void kept.set(name, value),
      unset: (name: string) => void kept.delete(name),
      flash: () => expect.unreachable("its own flash may be kept anywhere"),
    });
    session.flash("success", "Saved");
    expect([session.id, session.get("theme"), session.getFlash("success")]).toEqual(["theirs", "dark", "Saved"]);
  });

  test("1.2 6.1 the id is empty as soon as the session is about to get another", () => {
    for (const end of ["regenerate", "destroy"] as const) {
      const session = new SuperflareSession(createSession({ n: 1 }, "an id"));
      expect(session.id).toBe("an id");
      session[end]();
      expect(session.id).toBe("");
    }
  });

  test("1.2 a misspelt key or a value of the wrong type does not compile", () => {
    const session = wrap();
    // @ts-expect-error misspelt
    session.get("them");
    // @ts-expect-error not one of the values
    session.set("theme", "blue");
    // @ts-expect-error not a flash
    session.flash("n", 1);
    // @ts-expect-error a value, not a flash
    session.getFlash("user");
    expectTypeOf(session.get("theme")).toEqualTypeOf<"light" | "dark" | string | undefined>();
    expectTypeOf(session.get("n")).toEqualTypeOf<number | undefined>();
    expectTypeOf(session.getFlash("success")).toEqualTypeOf<string | undefined>();
    expectTypeOf(session.data.user?.roles).toEqualTypeOf<string[] | undefined>();
  });
});

describe("what counts as a change", () => {
  test.each<[string, object, (session: SuperflareSession<Data, Flash>) => void]>([
    ["nothing is called", { n: 1 }, () => {}],
    ["values are read", { n: 1 }, (s) => [s.get("n"), s.has("n"), s.data, s.id]],
    [
      "the value that is there is set again",
      { user: { name: "A", roles: [] } },
      (s) => s.set("user", { roles: [], name: "A" }),
    ],
    ["a value is set and unset", {}, (s) => [s.set("n", 1), s.unset("n")]],
    ["a value is changed and changed back", { n: 1 }, (s) => [s.set("n", 2), s.set("n", 1)]],
    ["what is not there is unset", { n: 1 }, (s) => s.unset("theme")],
    ["a flash is set and read", {}, (s) => [s.flash("success", "a"), s.getFlash("success")]],
    ["has is asked of a flash", { __flash_success__: "a" }, (s) => s.has("success")],
  ])("2.1 the session is not dirty when %s", (_, data, act) => {
    const session = wrap(data);
    act(session);
    expect(session.isDirty()).toBe(false);
  });

  test.each<[string, object, (session: SuperflareSession<Data, Flash>) => unknown]>([
    ["set", {}, (s) => s.set("n", 1)],
    ["unset", { n: 1 }, (s) => s.unset("n")],
    ["flash", {}, (s) => s.flash("success", "a")],
    ["getFlash", { __flash_success__: "a" }, (s) => s.getFlash("success")],
    ["a nested mutation", { user: { name: "A", roles: [] } }, (s) => s.get("user")?.roles.push("admin")],
    ["a nested mutation through data", { user: { name: "A", roles: [] } }, (s) => s.data.user?.roles.push("admin")],
    ["a write on the raw session", {}, (s) => s.getSession().set("n", 1)],
    ["a flash read on the raw session", { __flash_success__: "a" }, (s) => s.getSession().get("success")],
    ["regenerate", { n: 1 }, (s) => s.regenerate()],
    ["destroy", { n: 1 }, (s) => s.destroy()],
  ])("2.3 the session is dirty after %s", (_, data, act) => {
    const session = wrap(data);
    act(session);
    expect(session.isDirty()).toBe(true);
  });

  test("2.1 data that JSON cannot hold, in a storage that can, is changed when it is another", () => {
    const session = wrap({ n: 1n });
    expect([session.get("n"), session.isDirty()]).toEqual([1n, false]);
    session.unset("n");
    expect(session.isDirty()).toBe(true);
  });

  test("2.3 a key that objects have by themselves is a key like any other", async () => {
    const storage = createCookieSessionStorage<Record<string, unknown>>({ cookie: { secrets: ["s"] } });
    for (const raw of [await storage.getSession(), createOwnSession<Record<string, unknown>>()]) {
      const session = new SuperflareSession<Record<string, unknown>>(raw);
      for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
        expect([session.has(key), session.get(key)]).toEqual([false, undefined]);
        session.set(key, "mine");
        expect([key, session.get(key), Object.keys(session.data).includes(key)]).toEqual([key, "mine", true]);
      }
    }
  });

  test("2.3 an assignment on data, which could not be kept, throws", () => {
    const session = wrap({ n: 1 });
    expect(() => Object.assign(session.data, { n: 2 })).toThrow(TypeError);
    expect(() => Object.assign(session, { data: {} })).toThrow(TypeError);
  });
});

describe("flash", () => {
  test("3.2 two loaders that read the same key both get it", () => {
    const session = wrap({ __flash_success__: "Saved" });
    expect([session.getFlash("success"), session.has("success"), session.getFlash("success")]).toEqual([
      "Saved",
      true,
      "Saved",
    ]);
  });

  test("3.2 a flash that is set after the reading is what the next reading gets", () => {
    const session = wrap({ __flash_success__: "old" });
    session.getFlash("success");
    session.flash("success", "new");
    expect(session.getFlash("success")).toBe("new");
  });

  test("3.4 get on a flash key uses it up as getFlash does", () => {
    const session = wrap({ __flash_success__: "Saved" });
    expect([session.get("success"), session.get("success")]).toEqual(["Saved", "Saved"]);
    expect(session.getSession().data).toEqual({});
  });

  test("3.5 a flash and a value of the same name do not disturb each other", () => {
    const session = wrap();
    session.flash("theme", "changed");
    session.set("theme", "dark");
    expect([session.get("theme"), session.getFlash("theme"), session.get("theme")]).toEqual([
      "dark",
      "changed",
      "dark",
    ]);
  });

  test("3.5 unset drops a pending flash too", () => {
    const session = wrap({ theme: "dark", __flash_theme__: "changed" });
    session.unset("theme");
    expect([session.get("theme"), session.getFlash("theme"), session.has("theme")]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  test("3.5 data shows no flash, and app data cannot fake one", () => {
    const session = wrap({ n: 1, __flash_success__: "Saved" });
    expect(session.data).toEqual({ n: 1 });
    expect(() => session.set("__flash_success__" as "n", 1)).toThrow(/uses for flashes/);
    expect([session.get("__flash_success__" as "n"), session.has("__flash_success__" as "n")]).toEqual([
      undefined,
      false,
    ]);
    expect(session.getFlash("success")).toBe("Saved");
  });
});

describe("values that do not survive storage", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  class Money {
    constructor(readonly amount: number) {}
  }

  test.each<[string, unknown, RegExp]>([
    ["a BigInt", 1n, /cannot store n: it is a bigint/],
    ["a cycle", { a: cycle }, /n\.a\.self: it contains itself/],
    ["a function", { f: () => 1 }, /n\.f: it is a function/],
    ["a symbol", [Symbol("s")], /n\[0\]: it is a symbol/],
    ["a Date", { items: [1, { at: new Date(0) }] }, /n\.items\[1\]\.at: it is a Date/],
    ["a Map", new Map(), /n: it is a Map/],
    ["NaN", [0, Number.NaN], /n\[1\]: it is NaN/],
    ["Infinity", Number.POSITIVE_INFINITY, /n: it is Infinity/],
    ["undefined", undefined, /n: it is undefined/],
    ["undefined inside a value", { a: undefined }, /n\.a: it is undefined/],
    ["a hole in an array", Object.assign(new Array(3), { 0: 1, 2: 3 }), /n\[1\]: it is undefined/],
    ["an instance of a class", new Money(1), /n: it is a Money/],
    ["a symbol as a key", { [Symbol("s")]: 1 }, /n: it has a key that is a symbol/],
    ["a toJSON", { toJSON: () => 1 }, /n: it has a toJSON/],
    ["too deep a nesting", Array.from({ length: 10_000 }).reduce((inner) => [inner], 0), /nested more than 100 deep/],
  ])("4.2 %s is refused at set and at flash, with the path, and nothing is changed", (_, value, message) => {
    const session = wrap({ n: 1 });
    expect(() => session.set("n", value as number)).toThrow(message);
    expect(() => session.set("n", value as number)).toThrow(SessionError);
    expect(() => session.flash("success", value as string)).toThrow(SessionError);
    expect([session.get("n"), session.isDirty()]).toEqual([1, false]);
  });

  test.each(["", "user\u0000note", "a\nb", "\u007f"])("4.2 the key %j is refused at set and at flash", (key) => {
    const session = wrap({ n: 1 });
    expect(() => session.set(key as "n", 1)).toThrow(expect.objectContaining({ code: "not-storable" }));
    expect(() => session.flash(key as "success", "x")).toThrow(expect.objectContaining({ code: "not-storable" }));
    expect(session.isDirty()).toBe(false);
  });

  test("4.2 everything that JSON has is kept, the same object in two places too", () => {
    const shared = { a: 1 };
    const value = [null, true, -1.5, "ü\u0000", [], {}, Object.create(null), [shared, shared], { __proto__: 1 }];
    expect(() => wrap().set("n", value as never)).not.toThrow();
  });
});
