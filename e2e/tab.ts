/** A tab of any browser, with the little that the journeys need. Each driver makes one: puppeteer.ts, webdriver.ts, own.ts. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<Given, Result>(run: (given: Given) => Result, given?: Given): Promise<Awaited<Result>>;
  waitForFunction(test: () => unknown): Promise<unknown>;
  /** Of the keyboard, as `Enter`. */
  press(key: "Enter"): Promise<void>;
  type(text: string): Promise<void>;
  countCookies(): Promise<number>;
}

/** The part that the pages of Playwright and of Puppeteer have in common. */
interface DrivenPage {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate(run: (given: unknown) => unknown, given: unknown): Promise<unknown>;
  waitForFunction(test: () => unknown): Promise<unknown>;
  keyboard: { press(key: "Enter"): Promise<void>; type(text: string): Promise<void> };
}

/** The tab of such a page. `cookies` returns those of its browser. */
export function tabOf(page: DrivenPage, cookies: () => Promise<unknown[]>): Tab {
  return {
    goto: (url) => page.goto(url),
    reload: () => page.reload(),
    evaluate: (run, given) => page.evaluate(run as (given: unknown) => unknown, given) as never,
    waitForFunction: (test) => page.waitForFunction(test),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    countCookies: async () => (await cookies()).length,
  };
}

/** What the journeys vary. */
export interface TabOptions {
  javaScriptEnabled?: boolean;
  blocksCookies?: boolean;
}

export const engines = ["chromium", "firefox", "webkit"] as const;

/** Set by the project. */
export type Engine = (typeof engines)[number];
