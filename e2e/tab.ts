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

/** What the journeys vary. */
export interface TabOptions {
  javaScriptEnabled?: boolean;
  blocksCookies?: boolean;
}

export const engines = ["chromium", "firefox", "webkit"] as const;

/** Set by the project. */
export type Engine = (typeof engines)[number];
