/** What the browser fetches ahead was rendered for whoever the visitor was at that moment (rule 5.5). */
import { expect, test } from "../fixtures";

test("5.5 a page that was prefetched for a signed-in visitor is not shown after the sign-out", async ({
  page,
  session,
  visit,
}) => {
  await session.set("user", "Ada");
  await visit("/");
  const prefetched = page.waitForResponse((response) => new URL(response.url()).pathname === "/account");
  await page.evaluate(() => {
    const rules = Object.assign(document.createElement("script"), {
      type: "speculationrules",
      // The page's policy lets only scripts with its nonce run.
      nonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
      textContent: JSON.stringify({ prefetch: [{ urls: ["/account"], eagerness: "immediate" }] }),
    });
    document.head.appendChild(rules);
  });
  expect(await (await prefetched).request().headerValue("Sec-Purpose")).toBe("prefetch");

  const status = await page.evaluate(async () => {
    const body = new URLSearchParams({ intent: "sign-out" });
    return (await fetch("/account", { method: "POST", body, redirect: "manual" })).type;
  });
  expect(status).toBe("opaqueredirect");
  await Promise.all([page.waitForEvent("load"), page.evaluate(() => location.assign("/account"))]);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});
