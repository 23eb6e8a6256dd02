/**
 * The budgets of every page, measured by Lighthouse as on a phone on a slow network. Lighthouse slows the network down while the
 * page loads: what it calculates by default varies by chance with pages of one's own machine.
 */
import { chromium, expect, type LaunchOptions, test } from "@playwright/test";
import lighthouse from "lighthouse";
import { demonstrations } from "../../app/demonstrations";
import { findBrowser } from "../../e2e/browser";
import { startServer } from "../../e2e/server";
import { type Store, stores } from "../../e2e/stores";
import { freePort } from "../free-port";

/** A busy machine makes a page slower and never faster, so one run that keeps the budgets will do. */
const ATTEMPTS = 5;

type Report = Awaited<ReturnType<typeof measure>>;

const budgets = new Map<string, (report: Report) => boolean>([
  ["performance", ({ scores }) => scores.performance >= 99],
  ["accessibility", ({ scores }) => scores.accessibility === 100],
  ["best practices", ({ scores }) => scores["best practices"] === 100],
  ["SEO", ({ scores }) => scores.SEO === 100],
  ["layout shift", ({ layoutShift }) => layoutShift === 0],
]);

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeAll(async () => {
  server = await startServer(stores[0] as Store);
});
test.afterAll(() => server?.stop());

for (const path of ["/", ...demonstrations.map(({ path }) => path)]) {
  test(`${path} has 100 for accessibility, best practices and SEO, and at least 99 for performance`, async ({
    launchOptions,
  }) => {
    test.setTimeout(0);
    const options = { ...launchOptions, executablePath: findBrowser("full") };
    let missed: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const report = await measure(`${server.origin}${path}`, options);
      console.log(`${path}  ${report.summary}`);
      if (!report.problem) expect(report.hosts).toEqual([new URL(server.origin).host]);
      missed = [...budgets].filter(([, keeps]) => !keeps(report)).map(([name]) => name);
      if (missed.length === 0) return;
    }
    expect(missed).toEqual([]);
  });
}

/** One run, in a new browser with an empty cache. One that fails has scores of 0 and says why. */
async function measure(url: string, launchOptions: LaunchOptions) {
  const port = await freePort();
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ ...launchOptions, args });
  const result = await lighthouse(url, { port, logLevel: "error", throttlingMethod: "devtools" }).finally(() =>
    browser.close(),
  );
  const { categories = {}, audits = {}, runtimeError } = result?.lhr ?? {};
  const problem = result ? runtimeError?.message : "no result";
  const requests = audits["network-requests"]?.details as { items: { url: string }[] } | undefined;
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100);
  const scores = {
    performance: score("performance"),
    accessibility: score("accessibility"),
    "best practices": score("best-practices"),
    SEO: score("seo"),
  };
  const layoutShift = audits["cumulative-layout-shift"]?.numericValue;
  const figures = [
    ...Object.entries(scores).map(([name, value]) => `${name} ${value}`),
    `largest paint ${audits["largest-contentful-paint"]?.displayValue}`,
    `blocked ${audits["total-blocking-time"]?.displayValue}`,
    `layout shift ${layoutShift}`,
  ];
  return {
    problem,
    scores,
    layoutShift,
    hosts: [...new Set(requests?.items.map((request) => new URL(request.url).host))],
    summary: problem ?? figures.join(", "),
  };
}
