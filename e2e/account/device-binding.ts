/**
 * A browser that binds sessions to its device (RULES.md, 9), and a server with https, which that needs. Playwright does not see
 * what the browser sends for it, but the developer tools tell what it does with its keys.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type { BrowserContext, Page } from "@playwright/test";
import { test as base, expect } from "../fixtures";
import { type Server, startServer } from "../server";
import { sessionOf } from "../session";
import { signIn } from "./account";

/** Without the quota, which is six signatures in nine minutes. The second feature makes keys without a TPM. */
export const BINDING =
  "--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting";

interface Fixtures {
  /** Signs in, stays signed in, and waits until the session is bound. For the server, that was a while ago. */
  signInBound: (page: Page) => Promise<Bound>;
  /** Starts the server again with this SESSION_DEVICE_AGE, until the test ends. */
  setDeviceAge: (seconds: number) => Promise<void>;
  /** Opens a browser of its own. The next one has the same profile. */
  openBrowser: (args?: string[]) => Promise<Page>;
}

interface Bound {
  name: string;
  /** What the browser does with its keys: "registered", "refreshed", "forgotten", or why it failed. */
  keyEvents: string[];
}

export const test = base.extend<Fixtures>({
  // The headless shell binds nothing.
  fullBrowser: [true, { scope: "worker" }],

  server: [
    async ({ store }, use) => {
      const server = await startServer(store, { https: true });
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  launchOptions: [
    async ({ launchOptions, server }, use) => {
      const args = [
        ...(launchOptions.args ?? []),
        // With `ignoreHTTPSErrors` it binds nothing.
        `--ignore-certificate-errors-spki-list=${await hashOfPublicKey(server)}`,
        // So that the server has another site, too.
        "--host-resolver-rules=MAP *.test 127.0.0.1",
        BINDING,
      ];
      await use({ ...launchOptions, args });
    },
    { scope: "worker", timeout: 600_000 },
  ],

  signInBound: async ({ server, visit, andWait }, use) => {
    await use(async (page) => {
      const keyEvents = await watchKeys(page);
      await visit("/account", page);
      await page.getByLabel("Stay signed in").check();
      const name = await signIn(page, andWait);
      await expect.poll(() => keyEvents).toContain("registered");
      // For 15 seconds it would open without its device cookie.
      const session = sessionOf(page.context(), server.origin, server.bindings);
      await session.set("deviceBinding", { ...(await session.get("deviceBinding")), boundAt: 0 });
      return { name, keyEvents };
    });
  },

  setDeviceAge: async ({ context, server }, use) => {
    const restart = async (variables?: Record<string, string>) => {
      // A page would complain that its socket is lost.
      for (const page of context.pages()) await page.goto("about:blank");
      await server.restart(variables);
    };
    await use((seconds) => restart({ SESSION_DEVICE_AGE: String(seconds) }));
    await restart();
  },

  openBrowser: async ({ playwright, launchOptions, baseURL, problems }, use) => {
    const profile = mkdtempSync(join(tmpdir(), "sessions-profile-"));
    const opened: BrowserContext[] = [];
    await use(async (args = launchOptions.args) => {
      const options = { ...launchOptions, ...(args && { args }), ...(baseURL && { baseURL }) };
      const context = await playwright.chromium.launchPersistentContext(profile, options);
      opened.push(context);
      problems.watch(context);
      return context.pages()[0] ?? (await context.newPage());
    });
    for (const context of opened) await context.close();
    rmSync(profile, { recursive: true, force: true });
  },
});

async function hashOfPublicKey({ origin }: Server) {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(origin).port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" }) ?? "";
  socket.destroy();
  return createHash("sha256").update(key).digest("base64");
}

/** Returns what this tab's browser does with its keys from now on, in all its tabs. */
export async function watchKeys(page: Page): Promise<string[]> {
  const events: string[] = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on("Network.deviceBoundSessionEventOccurred", (event) => {
    const { creationEventDetails: creation, refreshEventDetails: refresh, terminationEventDetails: end } = event;
    if (creation) events.push(event.succeeded ? "registered" : creation.fetchResult);
    if (refresh) events.push(event.succeeded ? "refreshed" : (refresh.fetchResult ?? refresh.refreshResult));
    if (end) events.push("forgotten");
  });
  await devtools.send("Network.enable");
  await devtools.send("Network.enableDeviceBoundSessions", { enable: true });
  return events;
}

const DEVICE_COOKIE = /-device$/;

/** For the browser, a cookie that was removed is one that has ended. */
export const endDeviceCookie = (context: BrowserContext) => context.clearCookies({ name: DEVICE_COOKIE });

/** As if the server's clock was set back, or a secret was dropped. */
export async function spoilDeviceCookie(context: BrowserContext) {
  const cookies = (await context.cookies()).filter(({ name }) => DEVICE_COOKIE.test(name));
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: "spoilt" })));
}

export const hasDeviceCookie = async (context: BrowserContext) =>
  (await context.cookies()).some(({ name }) => DEVICE_COOKIE.test(name));
