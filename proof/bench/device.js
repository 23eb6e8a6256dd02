/** What device binding costs, in local workerd with bound-worker.ts: bytes, accesses to the store, CPU time. */
import { Agent, request } from "node:http";
import { createDevice } from "../device.js";
import { startStoreServer } from "../store-server.js";
import { format, interval, median } from "./statistics.js";
import { cpuTimeOf } from "./worker.js";

const UNITS = { d1: ["query", "row read", "row written"], "durable-object": ["request", "row read", "row written"] };
const SIGN_IN = "/?regenerate&set.user=ada";
/** A refresh begins that long before the device cookie ends (Chromium). In seconds. */
const [COOKIE_AGE, EARLY] = [600, 120];

export const startBoundServer = () => startStoreServer("proof/bench/bound-worker.ts");

/** A browser with a key. Its Host is not this machine's, so that the Worker gives it the cookies of https. */
async function createBrowser(origin, store) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, timeout: 1_000 });
  const jar = new Map();
  const posts = [];

  async function send(path, method = "GET", own = {}) {
    const headers = { Host: "app.test", "X-Store": store, Cookie: [...jar.values()].join("; "), ...own };
    const answer = await new Promise((resolve, reject) => {
      const sent = request(`${origin}${path}`, { agent, method, headers }, async (response) => {
        const headers = new Headers();
        for (const [name, values] of Object.entries(response.headersDistinct))
          for (const value of values) headers.append(name, value);
        resolve({ headers, text: (await response.toArray()).join("") });
      });
      sent.on("error", reject).end();
    });
    for (const line of answer.headers.getSetCookie()) jar.set(line.split("=")[0], line.split(";")[0]);
    return answer;
  }

  const post = async (path, headers) => {
    const answer = await send(path, "POST", headers);
    posts.push({ headers, answer });
    return answer;
  };
  const device = await createDevice(post);
  return { send, ...device, jar, posts, close: () => agent.destroy() };
}

/** Returns what the parts of a binding cost with this store. */
async function countWith(origin, store) {
  const [bound, unbound] = [await createBrowser(origin, store), await createBrowser(origin, store)];
  const signIn = await bound.send(SIGN_IN);
  await unbound.send(SIGN_IN);
  await bound.register(signIn);
  await bound.refresh();
  const [read, readUnbound] = [await bound.send("/?read"), await unbound.send("/?read")];
  const [registration, ...refresh] = bound.posts;
  for (const browser of [bound, unbound]) browser.close();

  const offer = sizeOf(signIn.headers, /^secure-session-/);
  const cookie = `; ${bound.jar.get("__Host-session-device")}`.length;
  const { deviceBinding } = JSON.parse(read.text);
  return {
    parts: {
      "each request": { sent: cookie, received: 0, asked: difference(costsOf(read), costsOf(readUnbound)) },
      registration: { ...totalOf([registration]), received: totalOf([registration]).received + offer },
      refresh: totalOf(refresh),
    },
    data: JSON.stringify({ deviceBinding }).length - 2,
    requests: refresh.length,
  };
}

/** Adds up the bytes that the device's requests have, and their answers, beyond what any request has; and their accesses. */
function totalOf(posts) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const asked = posts.map(({ answer }) => costsOf(answer));
  return {
    sent: sum(posts.map(({ headers }) => sizeOf(new Headers(headers), /./))),
    received: sum(
      posts.map(({ answer }) => sizeOf(answer.headers, /^(secure-session-|set-cookie)/) + answer.text.length),
    ),
    asked: Object.fromEntries(
      asked.flatMap(Object.keys).map((unit) => [unit, sum(asked.map((one) => one[unit] ?? 0))]),
    ),
  };
}

const sizeOf = (headers, names) =>
  [...headers]
    .filter(([name]) => names.test(name))
    .reduce((size, [name, value]) => size + `${name}: ${value}\r\n`.length, 0);

const costsOf = ({ headers }) => JSON.parse(headers.get("X-Costs"));

const difference = (costs, others) =>
  Object.fromEntries(Object.entries(costs).map(([unit, count]) => [unit, count - (others[unit] ?? 0)]));

/** Returns the counts with each store, and what README.md says of them. */
export async function countDeviceBinding(origin) {
  const counts = {};
  for (const store of Object.keys(UNITS)) counts[store] = await countWith(origin, store);
  const { parts, data, requests } = counts.d1;
  const rows = Object.entries(parts).map(([name, { sent, received }]) => {
    const asked = Object.entries(UNITS).map(([store, units]) =>
      units.map((unit) => counts[store].parts[name].asked[unit] ?? 0).join("/"),
    );
    return `| ${[name, sent, received, ...asked].join(" | ")} |`;
  });
  const anHour = (3_600 / (COOKIE_AGE - EARLY)) * requests;
  return { counts, rows, data, anHour };
}

const [WORKERDS, ROUNDS, BROWSERS, READS] = [6, 40, 8, 5];
/** Milliseconds. For 15 seconds after the registration, the Worker does not open the device cookie (9.10). */
const WARM_UP = 16_000;

/**
 * Measures the CPU time of workerd: of a request of a bound session beyond one of an unbound session, and of a registration and a
 * refresh. They alternate in short rounds, in several fresh workerds, as in compare.js.
 */
export async function device() {
  for (const store of ["cookie", "d1", "durable-object"]) {
    const turns = [];
    for (let turn = 0; turn < WORKERDS; turn++) turns.push(await measureWith(store));
    const cells = Object.keys(turns[0]).map((name) => `${name} ${format(interval(turns.map((each) => each[name])))}`);
    console.log(`${store}: ${cells.join(", ")}`);
  }
}

async function measureWith(store) {
  const { origin, pid, stop } = await startBoundServer();
  async function signIn() {
    const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => createBrowser(origin, store)));
    for (const browser of browsers) browser.offer = await browser.send(SIGN_IN);
    return browsers;
  }
  /** Each browser does it that often, all at once. Resolves to the microseconds that one takes. */
  async function timeOf(browsers, times, act) {
    const before = cpuTimeOf(pid);
    const actOften = async (browser) => {
      for (let time = 0; time < times; time++) await act(browser);
    };
    await Promise.all(browsers.map(actOften));
    return (1e6 * (cpuTimeOf(pid) - before)) / (browsers.length * times);
  }
  const register = (browser) => browser.register(browser.offer);

  const known = { bound: await signIn(), unbound: await signIn() };
  await timeOf(known.bound, 1, register);
  const rounds = [];
  const warmUntil = performance.now() + WARM_UP;
  for (let round = 0; rounds.length < ROUNDS; round++) {
    const read = {};
    for (const who of round % 2 ? ["bound", "unbound"] : ["unbound", "bound"])
      read[who] = await timeOf(known[who], READS, (browser) => browser.send("/?read"));
    const newcomers = await signIn();
    const registration = await timeOf(newcomers, 1, register);
    for (const browser of newcomers) browser.close();
    const refresh = await timeOf(known.bound, 1, (browser) => browser.refresh());
    const times = { read: read.unbound, "more if bound": read.bound - read.unbound, registration, refresh };
    if (performance.now() > warmUntil) rounds.push(times);
  }
  for (const browser of [...known.bound, ...known.unbound]) browser.close();
  await stop();
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((each) => each[name]))]));
}
