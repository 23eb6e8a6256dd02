/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** What a browser is told that has an old device cookie (9.9), and at the address that is its own (chapter 9). */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DEVICE_PATH } from "~/lib/session-extras/device-binding";
import {
  challengeIn,
  copyOf,
  createApp,
  createBrowser,
  createOwner,
  DEVICE,
  DEVICE_AGE,
  nothing,
  ORIGIN,
  POST,
  SESSION,
} from "./device-browser";
import { HOUR, migrate, page, WITH_RECORDS } from "./harness";

beforeAll(migrate);

describe("9.9 a device cookie that is not valid any more", () => {
  /** The browser's clock was set back, so that it keeps the device cookie for longer than the server. */
  const stale = async () => {
    const app = createApp("cookie");
    const owner = await createOwner(app);
    owner.ahead = -HOUR;
    app.clock.now += DEVICE_AGE;
    return owner;
  };

  test.each(["GET", "POST", "PUT", "DELETE", "HEAD"])(
    "is removed by a redirect that keeps a %s, and the browser refreshes before it follows",
    async (method) => {
      const owner = await stale();
      const body = method === "POST" ? { body: "theme=dark" } : {};
      const { status, headers, lines, seen } = await owner.visit(() => "reached", {
        method,
        path: "/theme?from=/a",
        ...body,
      });
      expect([status, headers.get("Location"), seen]).toEqual([307, "./theme?from=/a", undefined]);
      expect(lines).toEqual([`${DEVICE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure`]);
      expect([headers.get("Cache-Control"), headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
      await owner.refresh();
      expect((await owner.visit(() => "reached", { method, path: "/theme?from=/a", ...body })).seen).toBe("reached");
    },
  );

  test("is removed after a secret was dropped, too", async () => {
    const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
    const app = createApp("durable-object", { settings: { secrets: [old] } });
    const owner = await createOwner(app);
    owner.app = app.deployed({ settings: { secrets: [fresh, old] } });
    // The session's own cookie is sealed again as soon as it is used.
    await owner.read();
    owner.app = app.deployed({ settings: { secrets: [fresh] } });
    expect((await owner.visit(nothing)).status).toBe(307);
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("does not keep the browser from a refresh", async () => {
    const owner = await stale();
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("does not matter beside one that is valid", async () => {
    const app = createApp("cookie");
    const owner = await createOwner(app);
    const { [SESSION]: session, [DEVICE]: device } = Object.fromEntries(owner.jar);
    const Cookie = `${DEVICE}=old; ${SESSION}=${session?.value}; ${DEVICE}=${device?.value}`;
    const finish = await app.receive(new Request(ORIGIN, { headers: { Cookie } }), {});
    expect((await finish((session) => session.get("user"))).seen).toBe("ada");
  });

  test("leads back to its address, whatever that is, and never to another host or scheme", async () => {
    const owner = await stale();
    const pieces = "/ // : ? & = ; @ \\ . .. %2e %2F %5C evil.example a a:b javascript: https: x//y ?x=/y//z".split(
      " ",
    );
    const any = fc.string({ maxLength: 4 }).filter((text) => !text.includes("#"));
    const paths = fc
      .array(fc.oneof(fc.constantFrom(...pieces), any), { maxLength: 8 })
      .map((all) => `/${all.join("")}`);
    const property = fc.asyncProperty(paths, async (path) => {
      const request = new Request(`${ORIGIN}${path}`, { headers: { Cookie: owner.cookie() } });
      const { response } = await (await owner.app.receive(request, {}))(nothing);
      const location = response.headers.get("Location") ?? "";
      expect([response.status, new URL(location, request.url).href]).toEqual([307, request.url]);
      // A proxy that ends TLS makes the browser's scheme another one (7.3).
      const shown = request.url.replace("https:", "http:");
      expect(new URL(location, shown).href).toBe(shown);
    });
    const examples = ["//evil.example/x", "/a:b", "/a?x=/y//z", "/javascript:alert(1)", "/?", "/a/"];
    await fc.assert(property, { numRuns: 500, seed: 1, examples: examples.map((path) => [path]) });
  });

  test.each(["cross-site", "same-site"])("on a %s link it is removed by a page that reloads itself", async (site) => {
    const owner = await stale();
    const link = { headers: { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate" } };
    for (const hasCookie of [true, false]) {
      if (!hasCookie) owner.jar.delete(DEVICE);
      const { status, headers, seen, lines } = await owner.visit(() => "reached", link);
      expect([status, headers.get("Refresh"), headers.has("Location"), seen]).toEqual([200, "0", false, undefined]);
      expect(lines.join()).toMatch(/^__Host-session-device=; Max-Age=0;/);
      expect([headers.get("Cache-Control"), headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
    }
    await owner.refresh();
    expect((await owner.visit(() => "reached", link)).seen).toBe("reached");
  });

  test.each([
    ["an image of another site", { headers: { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" } }],
    ["a link of this site", { headers: { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate" } }],
    ["an address that the visitor typed", { headers: { "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate" } }],
    [
      "a form of another host that the app allows",
      {
        ...POST,
        headers: { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate" },
        allowCrossOrigin: () => true,
      },
    ],
  ])("on %s it is removed by the redirect", async (_, options) => {
    const owner = await stale();
    expect((await owner.visit(nothing, options)).status).toBe(307);
    // Without one, the request is nobody's.
    expect((await owner.visit((session) => session.data, options)).seen).toEqual({});
  });

  test("leaves a session that is bound and open, or not bound, alone", async () => {
    const link = { headers: { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" } };
    const app = createApp("cookie");
    const [owner, plain] = [await createOwner(app), await createBrowser(app)];
    await plain.signIn();
    plain.jar.set(DEVICE, { value: "old", endsAt: Number.POSITIVE_INFINITY });
    expect([await owner.read(link), await plain.read(link), await plain.read()]).toEqual([
      { user: "ada" },
      { user: "ada" },
      { user: "ada" },
    ]);
  });
});

describe("the browser's own address", () => {
  test("9.1 takes POST alone, and leaves other addresses to the app", async () => {
    const owner = await createOwner(createApp("cookie"));
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const { status, headers } = await owner.visit(nothing, { method, path: DEVICE_PATH });
      expect([status, headers.get("Allow")]).toEqual([405, "POST"]);
    }
    for (const path of [`${DEVICE_PATH}s`, `${DEVICE_PATH}/x`, `/x${DEVICE_PATH}`])
      expect((await owner.visit(() => "reached", { ...POST, path })).seen).toBe("reached");
  });

  test("2.4 takes no cookie from the app's own error page", async () => {
    const owner = await createOwner(createApp("cookie"));
    const notFound = () => page("Not found", { status: 404, headers: { "Set-Cookie": "seen=1" } });
    expect((await owner.visit(notFound)).lines).toEqual(["seen=1"]);
  });

  test("9.1 7.1 refuses another origin, and cannot be embedded by it", async () => {
    const owner = await createOwner(createApp("cookie"));
    const { binding = "" } = owner;
    const headers = {
      "Sec-Secure-Session-Id": binding,
      "Sec-Fetch-Site": "cross-site",
      Origin: "https://evil.example",
    };
    const { status, lines } = await owner.visit(nothing, { ...POST, path: DEVICE_PATH, headers });
    expect([status, lines]).toEqual([403, []]);
    for (const answer of [await owner.ask(), await owner.refresh(), await owner.ask("another")]) {
      expect(answer.headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect([answer.headers.get("Cache-Control"), answer.headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
    }
  });

  test("9.1 reads its headers with quotes, as the draft writes them, and without, as Chromium does", async () => {
    const app = createApp("durable-object");
    const owner = await createOwner(app);
    const { binding = "" } = owner;
    for (const write of [
      (text: string) => text,
      (text: string) => `"${text}"`,
      (text: string) => `"${text}";a=1;b="c"`,
    ]) {
      const { status, headers } = await owner.ask(write(binding));
      expect(status).toBe(403);
      expect(headers.get("Secure-Session-Challenge")).toMatch(new RegExp(`^"[\\w.-]+";id="${binding}"$`));
      const proof = await owner.prove(challengeIn(headers));
      expect((await owner.sendProof(write(proof), write(binding))).status).toBe(200);
    }
  });

  test.each(WITH_RECORDS)(
    "9.1 %s: refuses a visitor who has no session, or another binding, and tells neither more",
    async (kind) => {
      const app = createApp(kind);
      const [owner, stranger] = [await createOwner(app), await createBrowser(app)];
      for (const browser of [stranger, await copyOf(owner)])
        for (const id of ["another", "", "a b", `${owner.binding}x`]) expect((await browser.ask(id)).status).toBe(401);
      expect((await stranger.ask(owner.binding)).status).toBe(401);
      expect((await stranger.register({ challenge: owner.challenge })).status).toBe(401);
    },
  );
});
