/** The account in the production build. */
import { applyD1Migrations } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DEVICE_PATH } from "~/lib/session-extras/device-binding";
import { cookieOf, cookieWith, down, post, settings, visit } from "../../../tests/built-worker";
import { createDevice } from "../../../tests/device";

beforeEach(() => {
  for (const level of ["error", "warn", "log"] as const) vi.spyOn(console, level).mockReturnValue();
});

test.each([
  ["a visitor with a session", () => cookieWith((session) => session.set("note", "Buy milk"), "d1")],
  ["a new visitor", async () => ""],
])(
  "4.6 a store that is down gives %s the form back with everything they typed, as a document and as data, and no cookie",
  async (_, cookieFor) => {
    const cookie = await cookieFor();
    for (const path of ["/account", "/account.data"]) {
      const response = await visit(path, post({ intent: "sign-in", name: "Ada Lovelace" }, { Cookie: cookie }), down);
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "10"]);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      const body = await response.text();
      expect(body).toContain("Ada Lovelace");
      expect(body).toContain("was not saved");
      expect(body).not.toContain("igned in as Ada");
    }
  },
);

const withD1 = { ...settings, SESSION_STORE: "d1" };
const strict = { ...withD1, REQUIRE_BOUND_DEVICE: "on" };
const onWindows = (browser: string) => ({ "User-Agent": `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${browser}` });
const CHROME = onWindows("AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36");
const FIREFOX = onWindows("Gecko/20100101 Firefox/150.0");
const signIn = (name: string, headers: object) =>
  visit("/account", post({ intent: "sign-in", name }, { ...headers }), strict);

describe("a user's devices", () => {
  beforeAll(() => applyD1Migrations(settings.SESSION_DB, settings.MIGRATIONS));

  /** Registers a key, as a browser does that gets this offer, and returns its cookies from then on. */
  async function bind(offered: Response): Promise<string> {
    const { register } = await createDevice();
    const cookie = await cookieOf(offered);
    const headers = { Cookie: cookie, "Secure-Session-Response": await register(offered) };
    return `${cookie}; ${await cookieOf(visit(DEVICE_PATH, { method: "POST", headers }, withD1))}`;
  }

  /** The devices that the page shows, each as its text. */
  async function listFor(cookies: string): Promise<string[]> {
    const html = await (await visit("/account", { headers: { Cookie: cookies } }, withD1)).text();
    const items = /<h2 id="devices".*?<ul[^>]*>(.*?)<\/ul>/s.exec(html)?.[1] ?? "";
    return items.split("</li>").map((item) =>
      item
        .replace(/<!-- -->/g, "")
        .replace(/(<[^>]*>)+/g, " ")
        .trim(),
    );
  }

  test("are each listed as bound to their device or as sessions that can be copied", async () => {
    const name = "Ada of the list";
    const bound = await bind(await signIn(name, CHROME));
    const copyable = await cookieOf(signIn(name, FIREFOX));
    expect(await listFor(bound)).toEqual([
      "Chrome on Windows This device, last seen just now Bound to this device",
      expect.stringContaining("Firefox on Windows Last seen just now Can be copied"),
      "",
    ]);
    expect(await listFor(copyable)).toEqual([
      "Firefox on Windows This device, last seen just now Can be copied",
      expect.stringContaining("Chrome on Windows Last seen just now Bound to its device"),
      "",
    ]);
  });

  test("9.15 are signed out by no session that its browser could have bound, if the setting says so", async () => {
    const statusOf = async (cookies: string, given: object, headers = {}) => {
      const form = post({ intent: "sign-out-others" }, { Cookie: cookies, ...headers });
      return (await visit("/account", form, given)).status;
    };
    const offered = await signIn("Ada of the guard", CHROME);
    const unbound = await cookieOf(offered);
    expect(await statusOf(unbound, withD1)).toBe(303);
    expect(await statusOf(unbound, strict)).toBe(403);
    expect(await statusOf(unbound, strict, FIREFOX)).toBe(403);
    const bound = await bind(offered);
    expect(await statusOf(bound, strict)).toBe(303);
    expect(await statusOf(await cookieOf(signIn("Ada of the guard", FIREFOX)), strict, CHROME)).toBe(303);
  });

  test("are not signed out with a form that was refused, which comes back with what to do", async () => {
    const Cookie = await cookieOf(signIn("Ada of the form", CHROME));
    const response = await visit("/account", post({ intent: "revoke", device: "some" }, { Cookie }), strict);
    const html = await response.text();
    expect(html).toContain("Sign out, sign in again");
    expect(html).toContain("Signed in as <bdi>Ada of the form</bdi>");
  });
});
