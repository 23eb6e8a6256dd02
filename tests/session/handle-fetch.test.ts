import {
  type AppLoadContext,
  createCookieSessionStorage,
  createMemorySessionStorage,
  createRequestHandler,
  type LoaderFunctionArgs,
  type ServerBuild,
} from "@remix-run/cloudflare";
import { describe, expect, test, vi } from "vitest";
import { createSessionStorage, getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { type Act, type AnySession, createVisitor, DAY, page, redirect, SECRET } from "./harness";

/** A Remix app of one route, whose loader answers at once and promises the rest. */
const appWithDeferredLoader = {
  routes: {
    root: {
      id: "root",
      path: "",
      module: { default: () => null, loader: ({ context }: LoaderFunctionArgs) => ({ later: context.later }) },
    },
  },
  entry: { module: { default: () => new Response() } },
  assets: { entry: { module: "", imports: [] }, routes: {}, url: "", version: "1" },
  future: { v3_singleFetch: true },
  mode: "production",
} as unknown as ServerBuild;
const showFlash: Act = (session) => page(String(session.getFlash("success")));
const setFlash: Act = (session) => {
  session.flash("success", "Saved");
  return redirect();
};

describe("when a cookie is sent", () => {
  test("1.3 it works with the config, the session and getSessionCookie alone, over any Remix storage", async () => {
    for (const storage of [createCookieSessionStorage({ cookie: { secrets: ["s"] } }), createMemorySessionStorage()]) {
      const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
      const session = new SuperflareSession(await storage.getSession());
      const response = await handleFetch(
        { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
        () => {
          session.set("theme", "dark");
          return page();
        },
      );
      const next = await storage.getSession(response.headers.get("Set-Cookie"));
      expect(next.get("theme")).toBe("dark");
    }
  });

  test("2.1 without a change there is no Set-Cookie and no commit", async () => {
    const { visit, commits } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const response = await visit((session) => {
      session.set("theme", "dark");
      return page(session.get("theme"));
    });
    expect([response.headers.getSetCookie(), commits.count, await response.text()]).toEqual([[], 1, "dark"]);
  });

  test("2.2 an anonymous visitor whose request writes nothing gets no cookie, and the store is left alone", async () => {
    const { visit, commits } = createVisitor();
    const random = vi.spyOn(crypto.subtle, "importKey");
    for (const [path, method] of [
      ["/", "GET"],
      ["/no/such/page", "GET"],
      ["/", "HEAD"],
      ["/_root.data", "GET"],
      ["/__manifest?p=/", "GET"],
    ]) {
      const response = await visit((session) => session.get("theme"), path, { method });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect([commits.count, random.mock.calls.length]).toEqual([0, 0]);
    random.mockRestore();
  });

  test("2.3 a nested mutation and a write on the raw session are kept", async () => {
    const { visit, held } = createVisitor();
    await visit((session) => session.set("cart", { items: [] }));
    await visit((session) => {
      session.get("cart").items.push("book");
      session.getSession().set("n", 1);
    });
    expect(await held()).toEqual({ cart: { items: ["book"] }, n: 1 });
  });

  test("2.4 there is one line for the session, and the lines of other cookies stay", async () => {
    const { visit } = createVisitor();
    const response = await visit((session) => {
      session.set("theme", "dark");
      return new Response("", {
        headers: [
          ["Set-Cookie", "a=1; Path=/"],
          ["Set-Cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
        ],
      });
    });
    expect(response.headers.getSetCookie()).toEqual([
      "a=1; Path=/",
      "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      expect.stringMatching(/^__Host-session=/),
    ]);
  });

  test("2.4 a route that removes the session's cookie itself signs out: nothing else is stored, and one line removes it", async () => {
    const { visit, jar, lines } = createVisitor();
    await visit((session) => session.set("user", "ada"));
    const removal = "__Host-session=; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    const response = await visit((session) => {
      session.set("theme", "dark");
      const headers: [string, string][] = [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", removal],
      ];
      return new Response("", { headers });
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1", expect.stringMatching(/^__Host-session=; Max-Age=0;/)]);
    expect([lines.at(-1)?.event, jar.has("__Host-session")]).toEqual(["destroyed", false]);
  });

  test("2.4 a commitSession line that a route still sends is superseded by one that holds what came later, and logged", async () => {
    const { visit, held, events } = createVisitor();
    for (const change of [
      (session: AnySession) => session.set("later", "kept"),
      (session: AnySession) => session.regenerate(),
    ]) {
      const response = await visit(async (session) => {
        session.set("theme", "dark");
        const headers = { "Set-Cookie": "__Host-session=stale; Path=/; Secure" };
        change(session);
        return new Response("", { headers });
      });
      expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=ey/)]);
    }
    expect([await held(), events]).toEqual([{ theme: "dark", later: "kept" }, ["superseded", "superseded"]]);
  });

  test("2.2 destroy and regenerate do nothing for a visitor who came without a session", async () => {
    const { visit, commits } = createVisitor();
    for (const end of [(session: AnySession) => session.destroy(), (session: AnySession) => session.regenerate()]) {
      const response = await visit((session) => end(session));
      expect([response.headers.getSetCookie(), response.headers.get("Clear-Site-Data")]).toEqual([[], null]);
    }
    expect(commits.count).toBe(0);
  });

  test.each<[string, () => Response]>([
    ["a redirect with immutable headers", () => Response.redirect("https://example.com/next", 302)],
    ["a 204", () => new Response(null, { status: 204 })],
    ["a 304", () => new Response(null, { status: 304 })],
    ["a page that says no", () => new Response("sorry", { status: 404 })],
    ["a WebSocket upgrade", () => new Response(null, { status: 101, webSocket: new WebSocketPair()[0] })],
  ])("2.5 the cookie is sent with %s", async (_, respond) => {
    const { visit } = createVisitor();
    const response = await visit((session) => {
      session.set("theme", "dark");
      return respond();
    });
    const original = respond();
    expect(response.status).toBe(original.status);
    expect(Boolean(response.webSocket)).toBe(Boolean(original.webSocket));
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)]);
  });

  test("2.5 a streamed body is passed through: the response is there before its first byte", async () => {
    const { visit } = createVisitor();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const response = await visit((session) => {
      session.set("theme", "dark");
      return new Response(readable);
    });
    const writer = writable.getWriter();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (const text of ["one", "two"]) {
      void writer.write(new TextEncoder().encode(text));
      expect(new TextDecoder().decode((await reader.read()).value)).toBe(text);
    }
  });

  test("2.5 4.9 the body is the very stream that the app made: nothing is copied, also where the headers are immutable", async () => {
    const { visit } = createVisitor();
    for (const original of [page(), await fetch("data:text/plain,proxied")]) {
      const { body } = original;
      const response = await visit((session) => {
        session.set("theme", "dark");
        return original;
      });
      expect(response.body).toBe(body);
    }
  });

  test("2.6 a session that is read is renewed at most once a day; one that is not read never", async () => {
    const { visit, clock, commits } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const read: Act = (session) => page(session.get("theme"));
    clock.now += DAY - 1;
    expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
    clock.now += 1;
    expect((await visit(() => page())).headers.getSetCookie()).toHaveLength(0);
    expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=2592000;")]);
    expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
    expect(commits.count).toBe(2);
  });

  test("2.6 where the idle timeout is shorter than two days, a renewal is due at half of it", async () => {
    const { visit, clock } = createVisitor({ idleTimeout: 3600 });
    await visit((session) => session.set("theme", "dark"));
    const read: Act = (session) => page(session.get("theme"));
    clock.now += 1799;
    expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
    clock.now += 1;
    expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=3600;")]);
  });

  test("2.6 a write counts as use, also of the value that is already there", async () => {
    const { visit, clock } = createVisitor();
    const setTheme: Act = (session) => {
      session.set("theme", "dark");
      return page();
    };
    await visit(setTheme);
    clock.now += DAY;
    expect((await visit(setTheme)).headers.getSetCookie()).toHaveLength(1);
  });
});

describe("flash", () => {
  test("3.1 set before a redirect, shown by the next page, then gone, from the cookie too", async () => {
    const { visit, jar } = createVisitor();
    await visit(setFlash, "/", { method: "POST" });
    expect(await (await visit(showFlash)).text()).toBe("Saved");
    expect(await (await visit(showFlash)).text()).toBe("undefined");
    expect(jar.size).toBe(0);
  });

  test("3.1 one that is set by a loader is read by an action", async () => {
    const { visit, held } = createVisitor();
    await visit((session) => session.flash("success", "Saved"));
    expect(await (await visit(showFlash, "/", { method: "POST" })).text()).toBe("Saved");
    expect(await held()).toEqual({});
  });

  test("3.3 it survives a chain of redirects, read on the way or not", async () => {
    const { visit } = createVisitor();
    await visit(setFlash);
    for (const path of ["/a", "/b", "/c"])
      await visit((session) => {
        session.getFlash("success");
        return redirect(path);
      });
    expect(await (await visit(showFlash)).text()).toBe("Saved");
  });

  test("3.3 it survives a response that cannot show it, also if it was read on the raw session, and set in that request", async () => {
    const { visit, held } = createVisitor();
    await visit(setFlash);
    await visit((session) => {
      session.getSession().get("success");
      session.getFlash("success");
      return redirect();
    });
    await visit((session) => {
      session.flash("info", "New");
      session.getFlash("info");
      return redirect();
    });
    expect(await held()).toEqual({ __flash_success__: "Saved", __flash_info__: "New" });
  });

  test("3.3 one that is unset or replaced on the way does not come back", async () => {
    const { visit, held } = createVisitor();
    await visit((session) => {
      session.flash("success", "old");
      session.flash("info", "old");
      return redirect();
    });
    await visit((session) => {
      session.getFlash("success");
      session.unset("success");
      return redirect();
    });
    await visit((session) => {
      session.getFlash("info");
      session.flash("info", "new");
      return redirect();
    });
    expect(await held()).toEqual({ __flash_info__: "new" });
  });

  test("3.3 a prefetched page does not hold the message, which would then be seen twice", async () => {
    const { visit } = createVisitor();
    await visit(setFlash);
    const prefetched = await visit(showFlash, "/", { headers: { "Sec-Purpose": "prefetch;prerender" } });
    expect(await prefetched.text()).toBe("undefined");
    expect(prefetched.headers.getSetCookie()).toEqual([]);
    expect(await (await visit(showFlash)).text()).toBe("Saved");
  });

  test("3.3 an error page that shows the message delivers it; an error without a page leaves it for the next one", async () => {
    const { visit } = createVisitor();
    await visit(setFlash);
    await expect(
      visit((session) => {
        session.getFlash("success");
        throw new Error("boom");
      }),
    ).rejects.toThrow("boom");
    const shown = await visit((session) => new Response(String(session.getFlash("success")), { status: 500 }));
    expect([await shown.text(), await (await visit(showFlash)).text()]).toEqual(["Saved", "undefined"]);
  });

  test("3.3 a visitor who has left has not seen the message", async () => {
    const { visit } = createVisitor();
    await visit(setFlash);
    const leaving = new AbortController();
    await visit(
      (session) => {
        leaving.abort();
        return showFlash(session);
      },
      "/",
      { signal: leaving.signal },
    );
    expect(await (await visit(showFlash)).text()).toBe("Saved");
  });

  test("3.6 several messages in one response are all shown, and the same one twice in a row is shown twice", async () => {
    const { visit } = createVisitor();
    for (const _ of [1, 2]) {
      await visit((session) => {
        session.flash("success", "Saved");
        session.flash("info", "Mailed");
        return redirect();
      });
      const shown = await visit((session) => page(`${session.getFlash("success")} ${session.getFlash("info")}`));
      expect(await shown.text()).toBe("Saved Mailed");
    }
  });

  test("3.6 a message that is shown and set again in one request is shown again", async () => {
    const { visit } = createVisitor();
    await visit(setFlash);
    await visit((session) => {
      session.getFlash("success");
      setFlash(session);
    });
    expect(await (await visit(showFlash)).text()).toBe("Saved");
  });

  test("3.7 one that is set and read in the same request is shown once", async () => {
    const { visit, commits } = createVisitor();
    const response = await visit(
      (session) => {
        session.flash("success", "Saved");
        return showFlash(session);
      },
      "/",
      {
        method: "POST",
      },
    );
    expect([await response.text(), commits.count]).toEqual(["Saved", 0]);
    expect(await (await visit(showFlash)).text()).toBe("undefined");
  });

  test("keepFlash shows what was read once more, one name or all", async () => {
    const { visit, held } = createVisitor();
    await visit((session) => {
      session.flash("success", "Saved");
      session.flash("info", "Mailed");
      return redirect();
    });
    const readBoth = (session: AnySession) => [session.getFlash("success"), session.getFlash("info")];
    await visit((session) => {
      readBoth(session);
      session.keepFlash();
    });
    expect(await held()).toEqual({ __flash_success__: "Saved", __flash_info__: "Mailed" });
    await visit((session) => {
      readBoth(session);
      session.keepFlash("info");
    });
    expect(await held()).toEqual({ __flash_info__: "Mailed" });
  });
});

describe("failures", () => {
  test("4.1 a tampered cookie is an anonymous session, and the page is served", async () => {
    const { visit, jar, events } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    jar.set("__Host-session", String(jar.get("__Host-session")).replace(/.{10}$/, "AAAAAAAAAA"));
    const response = await visit((session) => page(String(session.get("theme"))));
    expect([response.status, await response.text(), events]).toEqual([200, "undefined", ["tampered"]]);
  });

  test("4.3 4.6 what does not fit is not confirmed: a POST says so, a GET is delivered; the old session stays", async () => {
    const { visit, held, events } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const writeTooMuch: Act = (session) => {
      session.set("note", "x".repeat(4000));
      session.flash("success", "Saved");
      return new Response("done", { headers: { "Set-Cookie": "cart=7" } });
    };
    const post = await visit(writeTooMuch, "/", { method: "POST" });
    expect([post.status, await post.text()]).toEqual([500, expect.stringContaining("Not saved")]);
    expect([post.headers.getSetCookie(), post.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);

    const get = await visit(writeTooMuch);
    expect([get.status, await get.text(), get.headers.getSetCookie()]).toEqual([200, "done", ["cart=7"]]);
    expect(events).toEqual(["flash-dropped", "too-large", "flash-dropped", "too-large"]);
    expect(await held()).toEqual({ theme: "dark" });
  });

  test("4.3 what fits without this request's messages is stored without them, and that is logged", async () => {
    const { visit, held, events } = createVisitor();
    const response = await visit(
      (session) => {
        session.set("note", "x".repeat(2600));
        session.flash("success", "y".repeat(400));
        return redirect();
      },
      "/",
      { method: "POST" },
    );
    expect([response.status, Object.keys(await held()), events]).toEqual([303, ["note"], ["flash-dropped"]]);
  });

  test("4.6 a message that is too large by itself costs the visitor nothing but the message", async () => {
    const { visit, events } = createVisitor();
    const response = await visit(
      (session) => {
        session.flash("success", "y".repeat(4000));
        return redirect();
      },
      "/",
      { method: "POST" },
    );
    expect([response.status, response.headers.getSetCookie(), events]).toEqual([303, [], ["flash-dropped"]]);
  });

  test("4.6 the app's own page for it shows the session as it was, and replaces all of the app's answer but other cookies", async () => {
    const { visit } = createVisitor();
    await visit((session) => {
      session.set("theme", "dark");
      session.flash("info", "Hello");
      return redirect();
    });
    const cancel = vi.fn();
    const response = await visit(
      (session) => {
        session.set("theme", "light");
        session.set("note", "x".repeat(5000));
        const headers: [string, string][] = [
          ["Set-Cookie", "cart=7"],
          ["Set-Cookie", "__Host-session=theirs; Path=/; Secure"],
        ];
        return new Response(new ReadableStream({ cancel }), { headers });
      },
      "/",
      { method: "POST" },
      // The message comes with the next page, so this one does not have it.
      { notSaved: ({ status, session }) => page(`${status} ${session.get("theme")} ${session.getFlash("info")}`) },
    );
    expect([response.status, await response.text()]).toEqual([500, "500 dark undefined"]);
    expect([response.headers.getSetCookie(), response.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);
    expect(cancel).toHaveBeenCalledOnce();
  });

  test("4.6 in production and in development alike", async () => {
    const { visit } = createVisitor({ isDevelopment: true });
    const post = await visit((session) => session.set("note", "x".repeat(5000)), "/", { method: "POST" });
    expect(post.status).toBe(500);
  });

  test("6.2 a sign-out is never lost to what is set after it, nor to what does not fit", async () => {
    const { visit, jar } = createVisitor();
    await visit((session) => {
      session.set("user", "ada");
      session.set("cart", "x".repeat(2400));
    });
    const response = await visit(
      (session) => {
        const cart = session.get("cart");
        session.destroy();
        session.set("cart", `${cart}${cart}`);
        session.flash("success", "You are signed out");
        return redirect();
      },
      "/",
      { method: "POST" },
    );
    expect([response.status, response.headers.getSetCookie()]).toEqual([303, [expect.stringContaining("Max-Age=0")]]);
    expect(jar.size).toBe(0);
  });

  test("4.2 a value that got in by a nested mutation and cannot be stored is not stored, and is logged", async () => {
    const { visit, held, events } = createVisitor();
    await visit((session) => session.set("cart", {}));
    for (const value of [new Date(0), 1n]) {
      const change: Act = (session) => {
        session.get("cart").at = value;
        return page();
      };
      expect([(await visit(change)).status, (await visit(change, "/", { method: "POST" })).status]).toEqual([200, 500]);
    }
    expect([await held(), new Set(events)]).toEqual([{ cart: {} }, new Set(["not-storable"])]);
  });

  test("4.4 after the response a write throws and says so; reading goes on", async () => {
    const { visit } = createVisitor();
    let late: AnySession | undefined;
    await visit((session) => {
      late = session;
      session.set("theme", "dark");
      session.flash("success", "Saved");
    });
    const session = late as AnySession;
    const writes = [
      () => session.set("theme", "light"),
      () => session.unset("theme"),
      () => session.flash("success", "x"),
      () => session.keepFlash(),
      () => session.regenerate(),
      () => session.destroy(),
      () => session.getFlash("success"),
      () => session.getSession().set("theme", "light"),
    ];
    for (const write of writes) expect(write).toThrow(/response has been sent/);
    expect(session.get("theme")).toBe("dark");
  });

  test("4.4 a first read after the response throws, since nothing has marked the response as personal", async () => {
    const { visit } = createVisitor();
    let late: AnySession | undefined;
    await visit((session) => session.set("user", "ada"));
    const response = await visit((session) => {
      late = session;
      return new Response("", { headers: { "Cache-Control": "public, s-maxage=600" } });
    });
    expect(response.headers.get("Cache-Control")).toBe("public, s-maxage=600");
    const session = late as AnySession;
    const reads = [
      () => session.get("user"),
      () => session.has("user"),
      () => session.data,
      () => session.id,
      () => session.getFlash("success"),
      () => session.getSession(),
    ];
    for (const read of reads) expect(read).toThrow(/cannot be read for the first time/);
  });

  test("4.4 the wrapped session is closed too, also after a regenerate", async () => {
    const { visit } = createVisitor();
    let raw: ReturnType<AnySession["getSession"]> | undefined;
    await visit((session) => {
      session.set("user", "ada");
      session.regenerate();
      raw = session.getSession();
    });
    expect(() => raw?.set("user", "eve")).toThrow(/response has been sent/);
  });

  test("4.4 a deferred loader that writes after the response has gone gets the error; it may read", async () => {
    const { visit, held } = createVisitor();
    const sent = Promise.withResolvers<void>();
    const outcome: unknown[] = [];
    const response = await visit(async (session) => {
      session.set("theme", "dark");
      const handle = createRequestHandler(appWithDeferredLoader, "production");
      return handle(new Request("https://example.com/_root.data"), {
        later: sent.promise
          .then(() => {
            outcome.push(session.get("theme"));
            session.set("theme", "light");
          })
          .catch((error: unknown) => void outcome.push(error)),
      } as unknown as AppLoadContext);
    });
    sent.resolve();
    await response.text();
    expect(outcome).toEqual(["dark", expect.objectContaining({ name: "SessionError", code: "closed" })]);
    expect(await held()).toEqual({ theme: "dark" });
  });

  test("4.5 if the app throws, handleFetch rejects with it and nothing is stored", async () => {
    const { visit, commits } = createVisitor();
    const failure = new Error("boom");
    await expect(
      visit((session) => {
        session.set("theme", "dark");
        return Promise.reject(failure);
      }),
    ).rejects.toBe(failure);
    expect(commits.count).toBe(0);
  });

  test("4.5 a 5xx stores no values, no message and no new id, and that is logged", async () => {
    const { visit, held, events } = createVisitor();
    await visit((session) => session.set("cart", { items: 1 }));
    const id = await (await visit((session) => page(session.id))).text();
    const response = await visit((session) => {
      session.get("cart").items = 2;
      session.set("user", "ada");
      session.flash("success", "You are signed in");
      session.regenerate();
      return new Response("sorry", { status: 500 });
    });
    expect([response.status, response.headers.getSetCookie(), events]).toEqual([500, [], ["change-dropped"]]);
    expect(await held()).toEqual({ cart: { items: 1 } });
    expect(await (await visit((session) => page(session.id))).text()).toBe(id);
  });

  test("4.5 a route's own line for the session, which would store what a 5xx has changed, is taken out and logged", async () => {
    const { visit, events } = createVisitor();
    const response = await visit((session) => {
      session.set("theme", "dark");
      const headers: [string, string][] = [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "__Host-session=theirs; Path=/; Secure"],
      ];
      return new Response("sorry", { status: 500, headers });
    });
    expect([response.headers.getSetCookie(), events]).toEqual([["a=1"], ["change-dropped", "superseded"]]);
  });

  test("4.5 a 5xx does end a session, and keeps nothing that was set after it", async () => {
    const { visit, jar } = createVisitor();
    await visit((session) => session.set("user", "ada"));
    await visit((session) => {
      session.destroy();
      session.set("theme", "dark");
      return new Response("sorry", { status: 503 });
    });
    expect(jar.size).toBe(0);
  });

  test("4.6 a storage of another package that fails is answered by the same table, and an error in it is not shown", async () => {
    const broken = createCookieSessionStorage({ cookie: { secrets: ["s"] } });
    const answers = await Promise.all(
      (["GET", "POST"] as const).map(async (method) => {
        const request = new Request("https://example.com/", { method });
        const log = vi.fn();
        const config = { ...getConfig({ request, env: { SESSION_SECRET: SECRET } }), log };
        const session: AnySession = new SuperflareSession(await broken.getSession());
        const getSessionCookie = () => Promise.reject(new Error("the database is away"));
        const response = await handleFetch({ config, session, getSessionCookie }, () => {
          session.set("theme", "dark");
          return page();
        });
        return [response.status, response.headers.get("Retry-After"), log.mock.calls[0]?.[0]];
      }),
    );
    expect(answers).toEqual([
      [200, null, "store-error"],
      [503, "10", "store-error"],
    ]);
  });
});

describe("the log", () => {
  const named = { session: expect.stringMatching(/^[0-9a-f]{12}$/) };

  test("a session's life is one line an event, under a name that is neither its id nor its cookie", async () => {
    const { visit, lines, clock, jar } = createVisitor();
    await visit((session) => session.set("user", "ada"));
    clock.now += DAY;
    const id = await (await visit((session) => page(session.id))).text();
    const cookie = jar.get("__Host-session") as string;
    await visit((session) => session.destroy());
    expect(lines).toEqual(["created", "renewed", "destroyed"].map((event) => ({ event, details: named })));
    expect(new Set(lines.map(({ details }) => details?.session)).size).toBe(1);
    for (const secret of [id, cookie, "ada", SECRET]) expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test("regenerate is logged with both names; its old cookie still opens in the cookie store, so nothing was destroyed", async () => {
    const { visit, lines } = createVisitor();
    await visit((session) => session.set("user", "ada"));
    await visit((session) => session.regenerate());
    const [created, regenerated, ...more] = lines;
    expect([created?.event, regenerated?.event, more]).toEqual(["created", "regenerated", []]);
    expect(regenerated?.details).toEqual({ ...named, previous: created?.details?.session });
    expect(regenerated?.details?.session).not.toBe(created?.details?.session);
  });

  test("a session that is too large is logged with the sizes of its keys, not with what is in them", async () => {
    const { visit, lines } = createVisitor();
    await visit((session) => session.set("note", "secret".repeat(1000)));
    expect(lines).toEqual([
      { event: "too-large", details: { excess: expect.any(Number), largestKeys: ["note (6002 bytes)"] } },
    ]);
  });
});

describe("request integrity", () => {
  test.each(["/theme-toggle", "/theme-toggle.data", "/theme-toggle?_data=routes%2Ftheme-toggle", "/api/resource"])(
    "7.1 a POST to %s from another origin is answered 403 before the app runs",
    async (path) => {
      const { visit, events, commits } = createVisitor();
      const app = vi.fn(() => page());
      const others: HeadersInit[] = [
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
        { Origin: "https://evil.example" },
      ];
      for (const headers of others) {
        const response = await visit(app, path, { method: "POST", headers });
        expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("another site")]);
      }
      expect([app.mock.calls.length, commits.count, events]).toEqual([
        0,
        0,
        ["cross-origin", "cross-origin", "cross-origin"],
      ]);
    },
  );

  test("7.1 a WebSocket that a page of another origin opens is refused as well", async () => {
    const { visit } = createVisitor();
    const app = vi.fn(() => page());
    const upgrade = (origin: string, name = "websocket") =>
      visit(app, "/live", { headers: { Upgrade: name, Origin: origin } });
    expect((await upgrade("https://blog.example.com")).status).toBe(403);
    expect((await upgrade("https://blog.example.com", "WebSocket")).status).toBe(403);
    expect(app).not.toHaveBeenCalled();
    expect((await upgrade("https://example.com")).status).toBe(200);
  });

  test("4.9 nothing of a refused request's body is read", async () => {
    const { visit } = createVisitor();
    const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(1 << 20)));
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const init = { method: "POST", body, headers: { "Sec-Fetch-Site": "cross-site" } };
    expect((await visit(() => page(), "/", init)).status).toBe(403);
    expect(pull).not.toHaveBeenCalled();
  });

  test("7.1 an app can allow a request that is meant to come from elsewhere", async () => {
    const headers = { "Sec-Fetch-Site": "cross-site" };
    const answers = await Promise.all(
      ["/auth/apple", "/theme"].map(async (path) => {
        const request = new Request(`https://example.com${path}`, { method: "POST", headers });
        const config = { ...getConfig({ request, env: { SESSION_SECRET: SECRET } }), log: () => {} };
        const storage = createSessionStorage(config);
        const session = new SuperflareSession(await storage.getSession(null));
        const getSessionCookie = () => storage.commitSession(session.getSession());
        const allowCrossOrigin = ({ url }: Request) => new URL(url).pathname === "/auth/apple";
        return (await handleFetch({ config, session, getSessionCookie, allowCrossOrigin }, () => page())).status;
      }),
    );
    expect(answers).toEqual([200, 403]);
  });
});

describe("caching", () => {
  const cached = (value: string) => new Response("", { headers: { "Cache-Control": value } });

  test("5.1 a response that reads the session is private, one that changes it is stored nowhere, and both vary", async () => {
    const { visit } = createVisitor();
    const written = await visit((session) => {
      session.set("theme", "dark");
      return cached("max-age=60");
    });
    const read = await visit((session) => {
      session.get("theme");
      return cached("max-age=60");
    });
    expect([written.headers.get("Cache-Control"), written.headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
    expect([read.headers.get("Cache-Control"), read.headers.get("Vary")]).toEqual(["private, max-age=60", "Cookie"]);
    for (const kept of ["private", "no-store", "no-cache, private"]) {
      expect(
        (
          await visit((session) => {
            session.get("theme");
            return cached(kept);
          })
        ).headers.get("Cache-Control"),
      ).toBe(kept);
    }
  });

  test("5.1 a Vary that is there is added to, not doubled", async () => {
    const { visit } = createVisitor();
    for (const [vary, expected] of [
      ["Accept", "Accept, Cookie"],
      ["cookie", "cookie"],
      ["*", "*"],
    ] as const) {
      const response = await visit((session) => {
        session.get("theme");
        return new Response("", { headers: { Vary: vary } });
      });
      expect(response.headers.get("Vary")).toBe(expected);
    }
  });

  test.each([
    ["an immutable redirect", () => Response.redirect("https://example.com/next", 303)],
    ["a proxied response, whose headers are immutable", () => fetch("data:text/plain,proxied")],
    ["an error", () => new Response("", { status: 404 })],
    ["a 304", () => new Response(null, { status: 304 })],
  ])("2.5 5.4 %s is private if the session was read, and stored nowhere if it was changed", async (_, respond) => {
    const { visit } = createVisitor();
    const read = await visit((session) => {
      session.get("theme");
      return respond();
    });
    expect([read.headers.get("Cache-Control"), read.headers.get("Vary")]).toEqual(["private", "Cookie"]);
    const written = await visit((session) => {
      session.set("theme", "dark");
      return respond();
    });
    expect([written.headers.get("Cache-Control"), written.headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
  });

  test("a response that an app sends to everybody carries nobody's cookie to the next visitor", async () => {
    const everybodys = new Response(null, { status: 204 });
    const first = await createVisitor().visit((session) => {
      session.set("user", "ada");
      return everybodys;
    });
    expect(first.headers.getSetCookie()).toHaveLength(1);
    expect([...(await createVisitor().visit(() => everybodys)).headers]).toEqual([]);
  });

  test("5.2 a response that has nothing to do with the session is returned as it is", async () => {
    const { visit } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const original = cached("public, max-age=60");
    expect(await visit(() => original)).toBe(original);
  });

  test("5.3 public is an error in development, and in production is taken away and logged", async () => {
    const respond: Act = (session) => {
      session.get("theme");
      return new Response("", {
        headers: {
          "Cache-Control": "public, max-age=60, s-maxage=600",
          "CDN-Cache-Control": "max-age=600",
          "Cloudflare-CDN-Cache-Control": "max-age=600",
        },
      });
    };
    await expect(createVisitor({ isDevelopment: true }).visit(respond)).rejects.toThrow(
      /shared caches keep its response \(public, s-maxage=600, CDN-Cache-Control, Cloudflare-CDN-Cache-Control\)/,
    );
    const { visit, events } = createVisitor();
    const response = await visit(respond);
    expect([response.headers.get("Cache-Control"), events]).toEqual(["private, max-age=60", ["public-downgraded"]]);
    expect([...response.headers.keys()].filter((name) => name.includes("cdn"))).toEqual([]);
  });
});

describe("identity", () => {
  test("6.1 regenerate gives a new id and keeps the data", async () => {
    const { visit } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const before = await (await visit((session) => page(session.id))).text();
    await visit((session) => {
      session.regenerate();
      session.set("user", "ada");
    });
    const after = await (
      await visit((session) => page(`${session.id} ${session.get("theme")} ${session.get("user")}`))
    ).text();
    expect(after).toMatch(/^[\w-]{22} dark ada$/);
    expect(after).not.toContain(before);
  });

  test("6.1 destroy clears all and removes the cookie, also a flash that was pending", async () => {
    const { visit, jar } = createVisitor();
    await visit((session) => {
      session.set("user", "ada");
      session.flash("success", "Saved");
      return redirect();
    });
    const response = await visit((session) => {
      session.getFlash("success");
      session.destroy();
      return redirect();
    });
    expect([response.headers.getSetCookie(), jar.size]).toEqual([[expect.stringContaining("=; Max-Age=0;")], 0]);
  });

  test("6.1 a flash that is set after destroy is still shown, by a session with another id", async () => {
    const { visit } = createVisitor();
    await visit((session) => session.set("user", "ada"));
    const before = await (await visit((session) => page(session.id))).text();
    await visit((session) => {
      session.destroy();
      session.flash("success", "Signed out");
      return redirect();
    });
    const after = await (
      await visit((session) => page(`${session.id} ${session.get("user")} ${session.getFlash("success")}`))
    ).text();
    expect(after).toMatch(/^[\w-]{22} undefined Signed out$/);
    expect(after).not.toContain(before);
  });

  test("5.5 a response that changes who the visitor is has the browser forget what it fetched ahead", async () => {
    const { visit } = createVisitor();
    const clears = async (act: (session: AnySession) => void) =>
      (await visit((session) => act(session))).headers.get("Clear-Site-Data");
    expect(await clears((session) => session.set("theme", "dark"))).toBeNull();
    for (const act of [
      (session: AnySession) => session.regenerate(),
      (session: AnySession) => session.destroy(),
      (session: AnySession) => {
        session.regenerate();
        session.set("user", "ada");
      },
    ]) {
      expect(await clears(act)).toBe('"prefetchCache", "prerenderCache"');
    }
  });

  test("6.1 regenerate keeps the session's age, unless it is told to begin a new lifetime", async () => {
    for (const newLifetime of [false, true]) {
      const { visit, clock } = createVisitor({ absoluteTimeout: 2 * DAY });
      await visit((session) => session.set("user", "ada"));
      clock.now += DAY;
      await visit((session) => session.regenerate({ newLifetime }));
      clock.now += DAY;
      const text = await (await visit((session) => page(String(session.get("user"))))).text();
      expect(text).toBe(newLifetime ? "ada" : "undefined");
    }
  });

  test("6.4 a cookie of an older secret that is read is issued anew with the newest", async () => {
    const { visit, jar } = createVisitor();
    await visit((session) => session.set("theme", "dark"));
    const rotated = createVisitor({ secrets: ["the newest secret, which is long enough", SECRET] });
    for (const [name, value] of jar) rotated.jar.set(name, value);
    expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(1);
    expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(0);
  });
});
