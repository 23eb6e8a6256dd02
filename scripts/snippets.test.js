/** What a page shows of the code, a room's code.json names. If that is not there, an owner reads which file to look into. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const ROOM = "app/routes/currency";
const LIST = `${ROOM}/code.json`;
const FORM = `${LIST} is not of the form { "name": ["file.ts", "function"] }.`;

/** Runs scripts/build.js or scripts/dev.js in an app with one room. */
function run(script, list) {
  const app = mkdtempSync(join(tmpdir(), "sessions-snippets-"));
  onTestFinished(() => rmSync(app, { recursive: true }));
  mkdirSync(join(app, ROOM), { recursive: true });
  writeFileSync(join(app, "package.json"), '{ "name": "app" }');
  writeFileSync(join(app, ROOM, "route.tsx"), "export function loader() {}\n");
  writeFileSync(join(app, LIST), list);
  const { status, stderr } = spawnSync(process.execPath, [resolve("scripts", script)], { cwd: app, encoding: "utf8" });
  return [status, stderr];
}

test.each([
  ["names a missing file", '{ "a": ["gone.ts", "loader"] }', `${LIST} names ${ROOM}/gone.ts: there is no such file.`],
  [
    "names a file of a room that was deleted",
    '{ "a": ["../account/sign-in.ts", "signIn"] }',
    `${LIST} names app/routes/account/sign-in.ts: there is no such file.`,
  ],
  ["names a folder", '{ "a": [".", "loader"] }', `${LIST} names ${ROOM}: there is no such file.`],
  [
    "names a missing function",
    '{ "a": ["route.tsx", "action"] }',
    `${LIST} names the function action of ${ROOM}/route.tsx: there is no such function.`,
  ],
  ["names no function", '{ "a": ["route.tsx"] }', FORM],
  ["has a text where a list belongs", '{ "a": "route.tsx" }', FORM],
  ["has no names", "null", FORM],
  ["is not JSON", '{ "a": ', `${LIST} is not JSON: Unexpected end of JSON input.`],
])("if a code.json %s, the build stops and says so in one sentence", (_, list, sentence) => {
  expect(run("build.js", list)).toEqual([1, `${sentence}\n`]);
});

test("so does npm run dev", () => {
  expect(run("dev.js", "null")).toEqual([1, `${FORM}\n`]);
});
