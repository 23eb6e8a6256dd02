/** docs/hosts.md: the files that it shows are those that `npm run test:journeys` runs. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hosts } from "../e2e/hosts/hosts.js";

const text = readFileSync("docs/hosts.md", "utf8");
const shown = [...text.matchAll(/<!-- (\S+) -->\n```\w+\n(.*?)```\n/gs)].map(([, path, code]) => ({ path, code }));

test.each(shown)("it shows $path as it is", ({ path, code }) => {
  expect(code).toBe(readFileSync(path, "utf8"));
});

test("it has the entry of every host but React Router 8, which shares that of the middleware", () => {
  const withEntry = shown
    .filter(({ code }) => code.includes("export default {") || code.includes("export default app"))
    .map(({ path }) => path.split("/")[2]);
  const names = hosts.map(({ name }) => name).filter((name) => name !== "react-router-8");
  expect([...new Set(withEntry)].sort()).toEqual(names.sort());
});
