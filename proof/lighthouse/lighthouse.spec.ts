/**
 * What Lighthouse finds on every page that does not depend on how fast the machine is. It prints the performance on a slow phone as
 * well, which does.
 */
import { chromium, expect, type LaunchOptions, test } from "@playwright/test";
import lighthouse from "lighthouse";
import { demonstrations } from "../../app/demonstrations";
import { findBrowser } from "../../e2e/browser";
import { startServer } from "../../e2e/server";
import { type Store, stores } from "../../e2e/stores";
import { freePort } from "../free-port";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeAll(async () => {
  server = await startServer(stores[0] as Store);
});
test.afterAll(() => server?.stop());

for (const path of ["/", ...demonstrations.map(({ path }) => path)]) {
  test(`${path} has 100 for accessibility, best practices and SEO, no layout shift, and asks no other host`, async ({
    launchOptions,
  }) => {
    const url = `${server.origin}${path}`;
    const { performance, ...found } = await audit(url, { ...launchOptions, executablePath: findBrowser("full") });
    console.log(`${path}: ${performance} for performance`);
    expect(found).toEqual({
      accessibility: 100,
      bestPractices: 100,
      seo: 100,
      layoutShift: 0,
      hosts: [new URL(url).host],
    });
  });
}

/** In a new browser with an empty cache. */
async function audit(url: string, launchOptions: LaunchOptions) {
  const port = await freePort();
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ ...launchOptions, args });
  const result = await lighthouse(url, { port, logLevel: "error" }).finally(() => browser.close());
  const { categories = {}, audits = {}, runtimeError } = result?.lhr ?? {};
  expect(runtimeError?.message).toBeUndefined();
  const requests = audits["network-requests"]?.details as { items: { url: string }[] } | undefined;
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100);
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    seo: score("seo"),
    layoutShift: audits["cumulative-layout-shift"]?.numericValue,
    hosts: [...new Set(requests?.items.map((request) => new URL(request.url).host))],
  };
}
