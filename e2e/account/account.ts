/** What the tests of the account share. */
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { expect, heading } from "../fixtures";
import { post } from "../http";
import { isConsistent, type Store } from "../stores";

export type AndWait = (action: () => Promise<unknown>, tab?: Page) => Promise<void>;

/** Can list a user's sessions, and knows that an id was replaced. */
export const canList = isConsistent;
export const hasSockets = (store: Store) => store === "durable-object";

/** A name for one test: the same name is the same user. */
export const newName = () => `Ada ${crypto.randomUUID().slice(0, 8)}`;

export const button = (page: Page, name: string | RegExp) =>
  page.getByRole("main").getByRole("button", { name, exact: true });
export const note = (page: Page) => page.getByRole("textbox", { name: "Note" });

/** Fills in the sign-in form, which is open, and sends it. */
export async function signIn(page: Page, andWait: AndWait, name = newName()) {
  await page.getByLabel("Name").fill(name);
  await andWait(() => button(page, "Sign in").click(), page);
  return name;
}

export async function expectSignedInAs(page: Page, name: string) {
  await expect(heading(page)).toHaveText(`Signed in as ${name}`);
}

type WithRequest = { request: APIRequestContext };

/** Signs this browser in or out without its pages, as another tab would. */
export const signInByRequest = ({ request }: WithRequest, name: string) =>
  post(request, "/account", { intent: "sign-in", name });
export const signOutByRequest = ({ request }: WithRequest) => post(request, "/account", { intent: "sign-out" });

/** Another browser in which this user is signed in. */
export async function otherDevice(browser: Browser, baseURL: string, name: string) {
  const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const context = await browser.newContext({ baseURL, userAgent });
  await signInByRequest(context, name);
  const isSignedIn = async () => (await (await context.request.get("/account")).text()).includes("Signed in as");
  expect(await isSignedIn()).toBe(true);
  return { context, isSignedIn };
}

/** Posts sign-ins from another browser until this name has no attempt left in this minute. */
export async function useUpAttempts(context: WithRequest, name: string) {
  await expect.poll(async () => (await signInByRequest(context, name)).status(), { intervals: [0] }).toBe(429);
}

/** Returns a function that waits until the page has a new socket. A mere attempt, while the server is down, is none. */
export async function nextSocket(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const opened = new Promise<void>((resolve) => {
    devtools.on("Network.webSocketHandshakeResponseReceived", ({ response }) => {
      if (response.status === 101) resolve();
    });
  });
  return () => opened;
}
