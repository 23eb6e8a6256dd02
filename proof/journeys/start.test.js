/** `npm start`: the production build under `wrangler dev`, with each store, as docs/stores.md says. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { environmentOf, stores } from "../../e2e/stores.ts";
import { makeCopy, setFreePorts, startServing } from "../copy.js";

const { folder, remove } = makeCopy();
setFreePorts(folder);
afterAll(remove);

describe.each(stores.filter((store) => store !== "outage"))("with the store %s", (store) => {
  const environment = environmentOf(store);
  let server;
  let origin;
  beforeAll(async () => {
    server = startServing(folder, ["npm", "start", "--", ...(environment ? ["--env", environment] : [])]);
    origin = await server.origin();
  });
  afterAll(() => server?.stop());

  test("a page is served, a choice of theme is kept, and there is no inspector", async () => {
    const response = await fetch(origin);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("<html")]);

    expect((await fetch(`${origin}/inspector`)).status).toBe(404);

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

test("the inspector is shown with what docs/deploy.md sets for a public demonstration", async () => {
  const [, setting] = /^npm run deploy -- (--var .*)$/m.exec(readFileSync("docs/deploy.md", "utf8"));
  const server = startServing(folder, ["npm", "start", "--", ...setting.split(" ")]);
  onTestFinished(() => server.stop());
  const page = await fetch(`${await server.origin()}/inspector`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("What your session holds")]);
});
