import type { AppLoadContext, ServerBuild } from "@remix-run/cloudflare";
import { expect, test, vi } from "vitest";
import { createNotSavedPage } from "./not-saved";
import type { RefusedForm } from "./refused-form";

const action = vi.fn();

/** An app with one form, whose page is its action data as JSON. */
const build = {
  entry: {
    module: {
      default: (_request: Request, status: number, _headers: Headers, { staticHandlerContext }: never) =>
        Response.json((staticHandlerContext as { actionData: unknown }).actionData, { status }),
    },
  },
  routes: { form: { id: "form", path: "form", module: { default: () => null, action } } },
  assets: { version: "1", url: "/", entry: { module: "/", imports: [] }, routes: {} },
  publicPath: "/",
  assetsBuildDirectory: "",
  future: { v3_singleFetch: true },
  isSpaMode: false,
} as unknown as ServerBuild;

const session = {} as AppLoadContext["session"];
const notSavedPage = createNotSavedPage(build, "production");

function post(context: Partial<AppLoadContext>, status: 503 | 500) {
  const headers = { Origin: "null", "Content-Type": "text/plain" };
  const request = new Request("https://example.com/form", { method: "POST", body: "read already", headers });
  return notSavedPage({ ...context, config: { request } } as AppLoadContext)?.({
    status,
    session,
  }) as Promise<Response>;
}

test.each([
  [503, "Please try again in a moment"],
  [500, "Shorten it and send it again"],
] as const)(
  "4.6 a form that was not saved (%i) comes back with what was typed and the reason",
  async (status, reason) => {
    const response = await post({ submitted: { name: "Ada" } }, status);
    expect(response.status).toBe(status);
    const { form } = (await response.json()) as { form: RefusedForm };
    expect(form.values).toEqual({ name: "Ada" });
    expect(form.errors[""]).toContain("This was not saved");
    expect(form.errors[""]).toContain(reason);
  },
);

test("4.6 its action does not run again", async () => {
  await post({ submitted: { name: "Ada" } }, 503);
  expect(action).not.toHaveBeenCalled();
});

test("4.6 a page that could not save who is signed in says so on a small page, and a script gets none", async () => {
  const get = (path: string) => new Request(`https://example.com${path}`, { headers: { Accept: "text/html" } });
  const contextOf = (request: Request) => ({ nonce: "n", config: { request } }) as AppLoadContext;
  const response = (await notSavedPage(contextOf(get("/welcome")))?.({ status: 503, session })) as Response;
  expect(response.status).toBe(503);
  expect(await response.text()).toMatch(/<h1>Not saved<\/h1>\s*<p>This was not saved: .* try again in a moment/);
  expect(notSavedPage(contextOf(get("/welcome.data")))).toBeUndefined();
});
