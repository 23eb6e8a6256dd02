/** docs/hosts.md: the files that it shows are those that `npm run test:journeys` runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hosts } from "../e2e/hosts/hosts.js";

const text = readFileSync("docs/hosts.md", "utf8");
const shownIn = (section) =>
  [...section.matchAll(/<!-- (\S+) -->\n```\w+\n(.*?)```\n/gs)].map(([, path, code]) => ({ path, code }));
const shown = shownIn(text);

/** The section with this heading, without those below it. */
function sectionOf(heading) {
  const [, section] = text.split(new RegExp(`^##+ ${heading}$`, "m"));
  return section?.split(/^##/m)[0];
}

const headings = {
  "bare-worker": "A bare Worker",
  hono: "Hono",
  "remix-classic": "Remix 2, classic compiler",
  "remix-vite": "Remix 2 on Vite",
  "react-router-7": "React Router 7",
  "react-router-7-middleware": "As middleware",
  "react-router-8": "React Router 8",
  "remix-cookie-storage": "Remix's cookie storage, with commitSession calls",
  superflare: "npm superflare",
};

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

test("the folder's README shows Remix's route for the check as it is", () => {
  const route = readFileSync("e2e/hosts/shared-remix/app/routes/session-check.ts", "utf8");
  expect(readFileSync("app/lib/session/README.md", "utf8")).toContain(route);
});

/** The file of a host's app with the route for check.mjs: its own, or that of a layer below. */
function checkRouteOf({ name, layers }) {
  const folders = [...layers, name].reverse().map((layer) => `e2e/hosts/${layer}/app`);
  const files = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => join(folder, path)),
  );
  return files.find((file) => readFileSync(file, "utf8").includes("answerSessionCheck("));
}

const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");

describe.each(hosts)("the recipe of $name", (host) => {
  const section = sectionOf(headings[host.name]);

  test("has the host's route for the check, or links to the section that has it", () => {
    const route = checkRouteOf(host);
    const linked = [headings[host.name], ...Object.values(headings)].filter(
      (heading) => heading === headings[host.name] || section.includes(`(#${anchorOf(heading)})`),
    );
    expect(linked.flatMap((heading) => shownIn(sectionOf(heading))).map(({ path }) => path)).toContain(route);
  });
});
