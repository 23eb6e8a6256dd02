/** As Hono's documentation tests an app. */
import { expect, test } from "vitest";
import app from "./worker";

const env = { SESSION_SECRET: "a secret for this test alone and long enough" };

test("app.request() needs no context, and the session is stored", async () => {
  const body = new URLSearchParams({ step: "sign-in" });
  const signIn = await app.request("/", { method: "POST", body }, env);
  expect(signIn.status).toBe(303);
  const [cookie = ""] = signIn.headers.getSetCookie();
  const page = await app.request("/", { headers: { Cookie: cookie.split(";")[0] ?? "" } }, env);
  expect(await page.json()).toEqual({ user: "ada", theme: "dark", message: "Welcome" });
});
