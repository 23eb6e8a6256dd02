/** scripts/check-session.mjs, which people run against their own app: a correct app passes, and each mistake is found and named. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStoreServer } from "../store-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

let server;
beforeAll(async () => {
  server = await startStoreServer("tests/session/check-worker.ts");
});
afterAll(() => server?.stop());

/** Runs the check. `failed` has the numbers of the questions with a wrong answer. */
async function check(address) {
  const args = ["scripts/check-session.mjs", ...(address ? [address] : [])];
  const { stdout, stderr, code = 0 } = await promisify(execFile)("node", args, { cwd: root }).catch((error) => error);
  const failed = [...stdout.matchAll(/^ *(\d+) {2}WRONG/gm)].map(([, number]) => Number(number));
  return { stdout, stderr, code, failed };
}
const checkApp = (variant) => check(`${server.origin}/${variant}/session-check`);

test("the check route in the README is the one that these tests ask", () => {
  const read = (path) => readFileSync(`${root}/${path}`, "utf8");
  const [, route] = /export (function answerSessionCheck[\s\S]*?\n}\n)```/.exec(read("app/lib/session/README.md"));
  expect(route.trim().split("\n")).toHaveLength(10);
  expect(read("tests/session/check-worker.ts")).toContain(route);
});

test.each([
  ["with the cookie store", "cookie"],
  ["with KV", "kv"],
  ["with D1", "d1"],
  ["with Durable Objects", "durable-object"],
  ["with another name for its cookie", "ownName"],
  ["with a middleware that reads each form", "readsForms"],
])("an app that is wired as the README says, %s, passes all eleven questions", async (_, variant) => {
  const { stdout, stderr, code } = await checkApp(variant);
  expect(stdout.match(/^ *\d+ {2}ok/gm)).toHaveLength(11);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("All 11 are right.");
});

test.each([
  [1, "writesForEveryVisitor", /writes to the session of every visitor/],
  [2, "secureOverHttp", /the cookie is Secure, and the page is http:/],
  [2, "noHandleFetch", /handleFetch is not around the handler/],
  [3, "otherSecretEachTime", /another SESSION_SECRET/],
  [3, "countsReads", /changes the session on every read/],
  [4, "leftoverCommit", /commitSession/],
  [5, "redirectWithoutCookie", /The redirect lost its Set-Cookie/],
  [6, "anotherRequest", /another request than the visitor's/],
  [7, "anotherReader", /Something else has removed it/],
  [8, "pageWithoutCookie", /lost the Set-Cookie line that removes it/],
  [9, "allowsEveryOrigin", /allowCrossOrigin/],
  [10, "ownOriginCheck", /withoutOriginHeader/],
  [11, "remadeResponse", /made anew after handleFetch/],
])("question %i finds the mistake %s and names its probable cause", async (question, mistake, cause) => {
  const { stdout, code, failed } = await checkApp(mistake);
  expect(failed[0]).toBe(question);
  expect(stdout).toMatch(cause);
  expect(code).toBe(1);
});

test.each([
  "writesForEveryVisitor",
  "countsReads",
  "leftoverCommit",
  "anotherRequest",
  "anotherReader",
  "pageWithoutCookie",
  "allowsEveryOrigin",
  "ownOriginCheck",
  "remadeResponse",
])("the single mistake %s causes a single wrong answer", async (mistake) => {
  expect((await checkApp(mistake)).failed).toHaveLength(1);
});

test("an app that does not run, one without the route and one that fails each get a sentence of their own", async () => {
  const unused = createServer();
  await new Promise((resolve) => unused.listen(0, "127.0.0.1", resolve));
  const { port } = unused.address();
  await new Promise((resolve) => unused.close(resolve));
  for (const [address, message] of [
    [`http://127.0.0.1:${port}/session-check`, /Nothing answers at .*ECONNREFUSED\. Is the app running\?/],
    [`${server.origin}/cookie/`, /is not the route that this check needs\. Its answer is 404/],
    [`${server.origin}/noSecret/session-check`, /fails: the answer is 500 \(SESSION_SECRET is missing\)/],
    ["localhost:8787", /Which address\?/],
    [undefined, /Which address\?/],
  ]) {
    const { stdout, stderr, code } = await check(address);
    expect([stdout, code]).toEqual(["", 1]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
});
