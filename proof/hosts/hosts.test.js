/**
 * Copies app/lib/session into an app of each host, and puts the same journey to it in its development server and in local
 * workerd. A failure says which host failed at which step.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { createDevice } from "../device.js";
import { bind } from "./bind.js";
import { createHosts } from "./host.js";
import { hosts } from "./hosts.js";
import { createVisitor } from "./visitor.js";

const sessionFolder = fileURLToPath(new URL("../../app/lib/session", import.meta.url));
const check = fileURLToPath(new URL("../../scripts/check-session.mjs", import.meta.url));
const AT_ONCE = 20;
/** What makes `wrangler dev` call the Worker with an https URL: browsers bind a session to the device over https alone. */
const HTTPS = ["--local-upstream=app.test", "--upstream-protocol=https"];
const DEVICE_COOKIE = "__Host-session-device";
/** No second attempt is made after a failure with these words: vitest.config.js. */
const RACE_LOST = "A race was lost";

const copies = createHosts();
afterAll(copies.remove);

describe.concurrent("app/lib/session, copied unchanged,", () => {
  test.each(hosts)("runs in $name", async (host) => {
    const step = async (title, run) => {
      try {
        return await run();
      } catch (error) {
        throw new Error(`${host.name}, ${title}: ${error.message}`);
      }
    };
    const app = await step("install", () => copies.create(host));
    expect(filesIn(join(app.folder, "app/lib/session"))).toEqual(filesIn(sessionFolder));

    const formers = [];
    for (const former of host.formers ?? [])
      formers.push(await step(former.name, () => signInBefore(former, app.secrets)));

    // Not every development server has Durable Objects.
    app.set({ SESSION_STORE: "cookie" });
    await step("development", () => app.serve("dev", (origin) => journey(origin, host)));

    app.set({ SESSION_STORE: "durable-object" });
    const typeCheck = () => app.npm("run", "typecheck");
    if (host.importsBuild) await step("type-check before a build", typeCheck);
    await step("build", () => app.npm("run", "build"));
    await step("type-check", typeCheck);
    if (host.hasTests) await step("its own tests", () => app.npm("exec", "--", "vitest", "run"));
    await step("workerd", () =>
      app.serve("start", async (origin) => {
        await journey(origin, host);
        await losesNothingInParallel(origin);
        await staysSignedOut(origin);
        for (const cookies of formers) await keepsFormerVisitor(origin, cookies);
      }),
    );

    if (host.older) {
      app.setCompatibility(host.older);
      await step(`workerd at ${host.older.date}`, () => app.serve("start", (origin) => journey(origin, host)));
    }

    if (host.hasEveryStore) {
      app.set({ SESSION_STORE: "d1" });
      const migrate = ["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local"];
      await step("migrations", () => app.npm("exec", "--", ...migrate));
      await step("workerd with d1", () =>
        app.serve("start", async (origin) => {
          await journey(origin, host);
          await losesNothingInParallel(origin);
          await staysSignedOut(origin);
        }),
      );
      app.set({ SESSION_STORE: "kv" });
      await step("workerd with kv", () =>
        app.serve("start", async (origin) => {
          await journey(origin, host);
          // Without requests in flight: this store may lose what they write, or bring the session back.
          await staysSignedOut(origin, { isPressing: false });
        }),
      );
    }

    if (!host.boundIn) return;
    app.set({ SESSION_STORE: "durable-object" });
    app.change(host.boundIn, bind);
    await step("build, bound to the device", () => app.npm("run", "build"));
    await step("type-check, bound to the device", typeCheck);
    await step("workerd, bound to the device", () =>
      app.serve("start", (origin) => opensOnItsDevice(origin, host), HTTPS),
    );
  });
});

function filesIn(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "base64")]));
}

async function journey(origin, host) {
  await answers(`${origin}/session-check`);
  await promisify(execFile)("node", [check, `${origin}/session-check`]).catch(({ stdout, stderr }) => {
    throw new Error(`check-session.mjs: ${stdout}${stderr}`);
  });

  const visitor = createVisitor(origin);
  await visitor.press("sign-in");
  expect(await visitor.look()).toEqual({ user: "ada", theme: "dark", message: "Welcome" });
  // From a page that sends no referrer. A framework's own check of the Origin would refuse it.
  await visitor.press("add", { item: "sent" }, { Origin: "null" });
  expect(await visitor.look()).toEqual({ user: "ada", theme: "dark", "item-sent": true, message: null });

  if (host.data) {
    const redirect = await visitor.send(`${host.data}?index`, { method: "POST", form: { step: "sign-in" } });
    expect(redirect.status).toBe(202);
    expect((await visitor.send(host.data)).text).toContain("Welcome");
    expect((await visitor.look()).message).toBe(null);
  }

  await visitor.press("sign-out");
  expect([...visitor.cookies]).toEqual([]);
  expect(await visitor.look()).toEqual({ message: null });

  await answersAfterUnreadForms(origin);
}

/** A form that nobody reads, because it is refused or went to a wrong address, ends no development server. */
async function answersAfterUnreadForms(origin) {
  const post = (path, site) => {
    const headers = { Origin: site === "same-origin" ? origin : "https://evil.example", "Sec-Fetch-Site": site };
    return fetch(origin + path, { method: "POST", headers, body: new URLSearchParams({ item: "a".repeat(10_000) }) });
  };
  for (let round = 0; round < 20; round++) {
    expect((await post("/?index", "cross-site")).status).toBe(403);
    expect([404, 405]).toContain((await post("/no/such/page", "same-origin")).status);
    expect((await post("/session-check?do=set&text=a", "same-origin")).status).toBe(200);
    const pages = await Promise.all(Array.from({ length: 5 }, () => fetch(`${origin}/session-check`)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  }
}

async function losesNothingInParallel(origin) {
  const visitor = createVisitor(origin);
  await visitor.press("sign-in");
  const items = Array.from({ length: AT_ONCE }, (_, index) => String(index));
  await Promise.all(items.map((item) => visitor.press("add", { item })));
  const kept = Object.fromEntries(items.map((item) => [`item-${item}`, true]));
  expect(await visitor.look(), RACE_LOST).toMatchObject(kept);
}

async function staysSignedOut(origin, { isPressing = true } = {}) {
  const visitor = createVisitor(origin);
  await visitor.press("sign-in");
  const copies = Array.from({ length: AT_ONCE }, visitor.copy);
  // One that comes after the sign-out is told that the session has changed.
  const orToldSo = (error) => {
    if (!error.message.includes("is answered 409")) throw error;
  };
  const press = (copy, index) => copy.press("add", { item: String(index) }).catch(orToldSo);
  const late = isPressing ? copies.map(press) : [];
  await visitor.press("sign-out");
  await Promise.all(late);
  for (const copy of copies) expect(await copy.look(), RACE_LOST).not.toHaveProperty("user");
}

/** Copied cookies open nothing without the device's key, once the device cookie has ended. Its owner notices nothing. */
async function opensOnItsDevice(origin, host) {
  const owner = createVisitor(origin);
  const device = await createDevice((path, headers) =>
    owner.send(path, { method: "POST", headers, mayBeRefused: true }),
  );
  await device.register(await owner.press("sign-in"));
  expect([...owner.cookies.keys()]).toEqual(["__Host-session", DEVICE_COOKIE]);
  const thief = owner.copy();
  expect(await thief.look()).toMatchObject({ user: "ada", message: "Welcome" });

  await owner.press("wait", { seconds: "600" });
  thief.cookies.delete(DEVICE_COOKIE);
  expect(await thief.look()).toEqual({ message: null });

  // A form of the owner's that comes with the old device cookie is sent again as it is, after a refresh.
  const path = `${host.data ?? "/"}?index`;
  const add = () => owner.send(path, { method: "POST", form: { step: "add", item: "late" } });
  const again = await add();
  expect([again.status, new URL(again.headers.get("Location"), origin + path).href]).toEqual([307, origin + path]);
  expect([...owner.cookies.keys()]).toEqual(["__Host-session"]);
  await device.refresh();
  await add();
  expect(await owner.look()).toMatchObject({ user: "ada", "item-late": true });
}

/** Returns the cookies of a visitor of the app as it was, who has not yet seen the message. */
async function signInBefore(former, secrets) {
  const app = await copies.create({ ...former, secrets });
  app.set({});
  await app.npm("run", "build");
  return app.serve("start", async (origin) => {
    const visitor = createVisitor(origin);
    await visitor.press("sign-in");
    expect([...visitor.cookies.keys()]).toEqual(["__session"]);
    return visitor.cookies;
  });
}

async function keepsFormerVisitor(origin, cookies) {
  const visitor = createVisitor(origin, new Map(cookies));
  expect(await visitor.look()).toMatchObject({ user: "ada", theme: "dark", message: "Welcome" });
  expect([...visitor.cookies.keys()]).toEqual(["session"]);
  expect(await visitor.look()).toMatchObject({ user: "ada", message: null });

  const forged = new Map([...cookies].map(([name, value]) => [name, withOtherCharacter(value)]));
  expect(await createVisitor(origin, forged).look()).toEqual({ message: null });
}

/** Not the last one, some bits of which may mean nothing. */
function withOtherCharacter(encoded) {
  const value = decodeURIComponent(encoded);
  const middle = Math.floor(value.length / 2);
  return encodeURIComponent(value.slice(0, middle) + (value[middle] === "A" ? "B" : "A") + value.slice(middle + 1));
}

/** Waits until the server has compiled the app. */
async function answers(address) {
  const { status } = await fetch(address);
  if (status !== 200) throw new Error(`${address} answers ${status}`);
}
