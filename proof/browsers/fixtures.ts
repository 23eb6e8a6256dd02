/**
 * `test`, in a browser that Playwright does not drive: Firefox over WebDriver BiDi, which needs no patched browser, so the
 * system's own will do, and WebKitGTK. Firefox also fails on any console error or warning, and on any uncaught error.
 */
import { test as base, expect } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { unexpectedOf } from "../../e2e/problems";
import { type Server, startServer } from "../../e2e/server";
import { type Store, stores } from "../../e2e/stores";
import { findFirefox } from "./find";
import { openWebKit, type Tab, type TabOptions } from "./webkit";

export { expect };

interface Fixtures {
  /** Returns a tab of the project's browser, whose cookies are its own. */
  open: (options?: TabOptions) => Promise<Tab>;
  /** The same with a Firefox, for what only its driver can do. */
  firefox: (options?: TabOptions) => Promise<Page>;
  /** Lets a test cause errors: what matches is no problem. */
  allow: (pattern: RegExp) => void;
  allowed: RegExp[];
}

interface WorkerFixtures {
  engine: "firefox" | "webkit";
  server: Server;
  /** A Firefox with such settings: the same one each time, since it takes long to start. */
  firefoxWith: (options: TabOptions) => Promise<Browser>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  engine: ["firefox", { option: true, scope: "worker" }],

  server: [
    async ({ engine: _ }, use) => {
      const server = await startServer(stores[0] as Store);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 600_000 },
  ],

  allow: async ({ allowed }, use) => use((pattern) => void allowed.push(pattern)),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from here
  allowed: async ({}, use) => use([]),

  open: async ({ engine, firefox }, use) => {
    const closing: (() => Promise<void>)[] = [];
    await use(async (options = {}) => {
      if (engine === "firefox") return tabOf(await firefox(options));
      const tab = await openWebKit(options);
      closing.push(tab.close);
      return tab;
    });
    for (const close of closing) await close();
  },

  firefoxWith: [
    async ({ engine: _ }, use) => {
      const started = new Map<string, Promise<Browser>>();
      await use((options) => {
        const key = JSON.stringify(options);
        const browser = started.get(key) ?? startFirefox(options);
        started.set(key, browser);
        return browser;
      });
      for (const browser of started.values()) await (await browser).close();
    },
    { scope: "worker", timeout: 600_000 },
  ],

  firefox: async ({ firefoxWith, allowed }, use) => {
    const problems: string[] = [];
    const closing: (() => Promise<void>)[] = [];
    await use(async (options = {}) => {
      // Its cookies are its own.
      const context = await (await firefoxWith(options)).createBrowserContext();
      closing.push(() => context.close());
      const page = await context.newPage();
      await page.evaluateOnNewDocument(nameErrorsInConsole);
      page.on("console", (message) => {
        if (/^(error|warn)/.test(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => problems.push(`uncaught: ${error}`));
      await page.setViewport({ width: 1280, height: 900 });
      return page;
    });
    for (const close of closing) await close();
    expect(unexpectedOf(problems, allowed), "problems in the background").toEqual([]);
  },
});

const startFirefox = ({ javaScriptEnabled = true, blocksCookies = false }: TabOptions) =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: findFirefox(),
    extraPrefsFirefox: {
      "javascript.enabled": javaScriptEnabled,
      // 2 blocks all.
      ...(blocksCookies && { "network.cookie.cookieBehavior": 2 }),
    },
  });

const tabOf = (page: Page): Tab => ({
  goto: (url) => page.goto(url),
  reload: () => page.reload(),
  evaluate: (run, given) => page.evaluate(run as (given: unknown) => unknown, given) as never,
  waitForFunction: (test) => page.waitForFunction(test),
  press: (key) => page.keyboard.press(key),
  type: (text) => page.keyboard.type(text),
  countCookies: async () => (await page.browserContext().cookies()).length,
});

/** For the page. Firefox passes an error that was written to the console on as no more than "JSHandle@error". */
function nameErrorsInConsole() {
  const write = console.error;
  console.error = (...values) => write(...values.map((value) => (value instanceof Error ? String(value) : value)));
}
