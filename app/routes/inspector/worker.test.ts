/** The inspector in the production build. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { demonstrations } from "~/demonstrations";
import { cookieOf, cookieWith, post, settings, visit } from "../../../tests/built-worker";

beforeEach(() => {
  for (const level of ["error", "warn", "log"] as const) vi.spyOn(console, level).mockReturnValue();
});

describe("the inspector", () => {
  const looks = ["/inspector", "/inspector.data", "/inspector/errors/503"];

  test("is a 404 in production, without a trace in any page or header", async () => {
    for (const setting of [undefined, "", "off", "true", "ON "]) {
      const given = setting === undefined ? settings : { ...settings, SESSION_INSPECTOR: setting };
      for (const path of looks) {
        const response = await visit(path, {}, given);
        expect([path, response.status, response.headers.has("Server-Timing")]).toEqual([path, 404, false]);
      }
      expect((await visit("/inspector", post({}), given)).status).toBe(404);
      const home = await visit("/", {}, given);
      expect(home.headers.has("Server-Timing")).toBe(false);
      expect(await home.text()).not.toContain('href="/inspector"');
    }
  });

  test("is on if the variable says so", async () => {
    const on = { ...settings, SESSION_INSPECTOR: "on" };
    const statuses = await Promise.all(looks.map(async (path) => (await visit(path, {}, on)).status));
    expect(statuses).toEqual([200, 200, 503]);
    const home = await visit("/", {}, on);
    expect(home.headers.get("Server-Timing")).toMatch(/desc="read"$/);
    expect(await home.text()).toContain('href="/inspector"');
  });

  test("shows a visitor only what they did since they opened it, and gives a cookie of its own to nobody else", async () => {
    const on = { ...settings, SESSION_INSPECTOR: "on" };
    const [own, others] = [await cookieOf(visit("/inspector", {}, on)), await cookieOf(visit("/inspector", {}, on))];
    expect([own, others]).toEqual([expect.stringMatching(/^__Host-inspector=/), expect.not.stringMatching(own)]);
    await visit("/no/such/page", { headers: { Cookie: own } }, on);
    await visit("/?of=somebody-else", { headers: { Cookie: others } }, on);
    expect((await visit("/", {}, on)).headers.getSetCookie()).toEqual([]);
    const html = await (await visit("/inspector", { headers: { Cookie: own } }, on)).text();
    const page = html.replaceAll("<!-- -->", "");
    expect(page).toContain("GET /no/such/page");
    expect(page).not.toContain("GET / ");
    expect(await (await visit("/inspector", {}, on)).text()).toContain("Nothing yet");
  });

  test("reads without a first action: what the session holds, where to begin, and whose notes these are", async () => {
    const on = { ...settings, SESSION_INSPECTOR: "on" };
    const Cookie = await cookieWith((session) => session.set("provedAt", 1_800_000_000));
    const html = await (await visit("/inspector", { headers: { Cookie } }, on)).text();
    const main = html.slice(html.indexOf("<main"), html.indexOf("</main"));
    expect(main).toContain("1800000000");
    for (const { path, ticket } of demonstrations.filter(({ ticket }) => ticket)) {
      expect(main).toContain(`href="${path}"`);
      expect(main).toContain(ticket?.title);
    }
    expect(main).toContain("another copy of the Worker may have answered");
  });

  test("clears its list by a form, and changes no session", async () => {
    const on = { ...settings, SESSION_INSPECTOR: "on" };
    const own = await cookieOf(visit("/inspector", {}, on));
    const session = await cookieWith((session) => session.set("theme", "dark"));
    await visit("/no/such/page", { headers: { Cookie: own } }, on);
    const cleared = await visit("/inspector", post({}, { Cookie: `${own}; ${session}` }), on);
    expect([cleared.status, cleared.headers.get("Location")]).toEqual([303, "/inspector"]);
    expect(cleared.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-inspector=/)]);
    for (const Cookie of [own, await cookieOf(cleared)])
      expect(await (await visit("/inspector", { headers: { Cookie } }, on)).text()).toContain("Nothing yet");
  });

  test("shows the start of a huge value, and no characters that turn the page around", async () => {
    const on = { ...settings, SESSION_INSPECTOR: "on", SESSION_STORE: "d1" };
    const Cookie = await cookieWith((session) => {
      session.set("note", `\u202E${"x".repeat(300_000)}`);
      for (let number = 0; number < 200; number++) session.set(`key ${number}`, "value");
    }, "d1");
    const html = await (await visit("/inspector", { headers: { Cookie } }, on)).text();
    expect(html).toContain("\\u202exxx");
    expect(html).toContain("key 20");
    expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
    expect(html.length).toBeLessThan(60_000);
  });
});
