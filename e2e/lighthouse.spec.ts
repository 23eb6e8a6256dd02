/**
 * The budgets of every page, measured by Lighthouse with its defaults: a phone on a slow network. `npm run lighthouse` runs
 * it alone. Lighthouse measures only pages with status 200.
 */
import timers from "node:timers/promises";
import { chromium, type LaunchOptions } from "@playwright/test";
import lighthouse from "lighthouse";
import { expect, test } from "./fixtures";
import { freePort } from "./free-port";

const RUNS = 3;
/** More rounds in case the machine was busy. The test fails if all of them miss the budget. */
const ROUNDS = 6;
/** Milliseconds. A run takes some seconds, unless Lighthouse waits in vain for its browser. */
const TIME_LIMIT = 60_000;

type Report = Awaited<ReturnType<typeof measure>>;

const budgets = new Map<string, (reports: Report[]) => boolean>([
  ["performance", (reports) => median(reports.map(({ scores }) => scores.performance)) >= 0.99],
  ["accessibility", (reports) => median(reports.map(({ scores }) => scores.accessibility)) === 1],
  ["best practices", (reports) => median(reports.map(({ scores }) => scores["best-practices"])) === 1],
  ["SEO", (reports) => median(reports.map(({ scores }) => scores.seo)) === 1],
  ["layout shift", (reports) => median(reports.map(({ layoutShift }) => layoutShift)) === 0],
]);

for (const path of ["/", "/theme-toggle", "/form-flash", "/account", "/inspector"]) {
  test(`${path} has 100 for accessibility, best practices and SEO, and at least 99 for performance`, async ({
    baseURL,
    launchOptions,
    fullBrowser,
  }) => {
    test.setTimeout(ROUNDS * TIME_LIMIT + 120_000);
    const options = { ...launchOptions, executablePath: fullBrowser };
    let missed: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const reports: Report[] = [];
      for (let run = 0; run < RUNS; run++) reports.push(await measure(`${baseURL}${path}`, options));
      console.log(reports.map(({ summary }) => `${path}  ${summary}`).join("\n"));
      for (const { hosts } of reports.filter(({ isDone }) => isDone)) {
        expect(hosts).toEqual([new URL(baseURL ?? "").host]);
      }
      missed = [...budgets].filter(([, keeps]) => !keeps(reports)).map(([name]) => name);
      if (missed.length === 0) return;
    }
    expect(missed).toEqual([]);
  });
}

/** One run, in a new browser with an empty cache. One that does not end has no scores, which the median takes for 0. */
async function measure(url: string, launchOptions: LaunchOptions) {
  const port = await freePort();
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ ...launchOptions, args });
  const result = await Promise.race([
    lighthouse(url, { port, logLevel: "error" }),
    timers.setTimeout(TIME_LIMIT, undefined, { ref: false }),
  ]).finally(() => browser.close());
  const { categories = {}, audits = {} } = result?.lhr ?? {};
  const requests = audits["network-requests"]?.details as { items: { url: string }[] } | undefined;
  const scores = Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, score]));
  const value = (audit: string) => audits[audit]?.numericValue ?? Number.NaN;
  return {
    isDone: result !== undefined,
    scores,
    layoutShift: audits["cumulative-layout-shift"]?.numericValue,
    hosts: [...new Set(requests?.items.map((request) => new URL(request.url).host))],
    summary: [
      ...Object.entries(scores).map(([name, score]) => `${name} ${Math.round((score ?? 0) * 100)}`),
      `largest paint ${Math.round(value("largest-contentful-paint"))} ms`,
      `blocked ${Math.round(value("total-blocking-time"))} ms`,
    ].join(", "),
  };
}

/** The median of an odd number of values. A missing one counts as 0. */
function median(values: (number | null | undefined)[]): number {
  return values.map((value) => value ?? 0).toSorted((a, b) => a - b)[(values.length - 1) / 2] as number;
}
