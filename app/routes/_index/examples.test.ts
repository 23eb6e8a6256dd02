/** The home page compares the two, so they have to do the same. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { createSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { SuperflareSession } from "~/lib/session";
import * as after from "./after";
import * as before from "./before";

const form = (name: string) =>
  new Request("https://example.com/", { method: "POST", body: new URLSearchParams({ name }) });

for (const [name, kind, text] of [
  ["Ada", "success", "Thank you, Ada."],
  ["", "error", "Enter a name: 1 to 40 visible characters."],
  ["Ada\u202e", "error", "Enter a name: 1 to 40 visible characters."],
  ["A".repeat(41), "error", "Enter a name: 1 to 40 visible characters."],
] as const) {
  test(`a form with the name ${JSON.stringify(name)} leaves the message "${text}" in both examples`, async () => {
    const session = new SuperflareSession(createSession());
    const context = { session } as unknown as ActionFunctionArgs["context"];
    const redirected = await after.action({ request: form(name), context, params: {} });
    expect(redirected.headers.get("Location")).toBe("/");
    const request = new Request("https://example.com/");
    expect(after.loader({ request, context, params: {} } as LoaderFunctionArgs)[kind]).toBe(text);

    const old = await before.action({ request: form(name), context: {} as never, params: {} });
    const cookie = old.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const next = new Request("https://example.com/form", { headers: { Cookie: cookie } });
    const shown = await before.loader({ request: next, context: {} as never, params: {} });
    expect(shown.data[kind]).toBe(text);
  });
}
