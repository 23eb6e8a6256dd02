/** `npm start`: the production build under `wrangler dev`, with the default store and, as docs/stores.md says, with another. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAppStores } from "./app-stores.js";
import { makeCleanCopy, setFreePorts, startServing } from "./clean-copy.js";

const { folder, remove } = makeCleanCopy();
setFreePorts(folder);
afterAll(remove);

describe.each(readAppStores())("with the store $store", ({ environment }) => {
  let server;
  let origin;
  beforeAll(async () => {
    server = startServing(folder, ["npm", "start", "--", ...(environment ? ["--env", environment] : [])]);
    origin = await server.origin();
  }, 90_000);
  afterAll(() => server?.stop());

  test("the page is served", async () => {
    const response = await fetch(origin);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("<html")]);
  });

  test("a choice of theme is kept", async () => {
    const { status, headers } = await fetch(`${origin}/theme-toggle`, {
      method: "POST",
      body: new URLSearchParams({ theme: "dark" }),
      headers: { Origin: origin },
      redirect: "manual",
    });
    expect(status, server.output()).toBe(303);
    const [cookie] = headers.getSetCookie()[0].split(";");
    const page = await fetch(origin, { headers: { Cookie: cookie } });
    expect(await page.text()).toContain('data-theme="dark"');
  });
});
