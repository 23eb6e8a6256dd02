/** The inspector in the production build. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cookieOf, post, settings, visit } from "../../../tests/built-worker";

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
});
