/** The account in the production build. */
import { beforeEach, expect, test, vi } from "vitest";
import { cookieWith, down, post, visit } from "../../../tests/built-worker";

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
