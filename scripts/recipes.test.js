/** docs/hosts.md: the files that it shows are those that `npm run test:journeys` runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hosts } from "../e2e/hosts/hosts.js";

const text = readFileSync("docs/hosts.md", "utf8");
/** The blocks with a file's name and link above them; in `parts` if `// …` stands for the rest of the file. */
const shownIn = (section) =>
  [...section.matchAll(/^\[(\S+)\]\(\.\.\/(\S+)\)(, in parts)?:\n```\w+\n(.*?)```\n/gms)].map(
    ([, name, path, inParts, code]) => ({ name, path, code, parts: inParts && code.split(/^ *\/\/ …\n/m) }),
  );
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

test("each of its blocks is a file of a host, but the types of step 3", () => {
  expect(shown).toHaveLength(text.match(/^ *```\w+$/gm).length - 1);
});

test.each(shown)("it shows $path as it is, under its name in the app", ({ name, path, code, parts }) => {
  expect(path.replace(/^e2e\/hosts\/[\w-]+\//, "")).toBe(name);
  const file = readFileSync(path, "utf8");
  if (!parts) return expect(code).toBe(file);
  let rest = file;
  for (const part of parts.map((part) => part.trim()).filter(Boolean)) {
    expect(rest).toContain(part);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
});

const entry = (host) => readFileSync(`e2e/hosts/${host}/worker.ts`, "utf8");

test("the Worker of superflare differs from that of the cookie storage in its secret alone", () => {
  const withoutSecret = (host) => entry(host).replace(/^\/\*\* (OLD_SECRET|APP_KEY): .*\n/m, "");
  expect(withoutSecret("superflare").replaceAll("APP_KEY", "OLD_SECRET")).toBe(withoutSecret("remix-cookie-storage"));
});

test("each section fits on a screen of 60 lines", () => {
  for (const section of text.split(/^(?=##+ )/m).slice(1)) {
    const [heading] = section.split("\n");
    if (heading === "## The route for the check") continue;
    expect([heading, section.trimEnd().split("\n").length > 60]).toEqual([heading, false]);
  }
});

test("it has the entry of every host but React Router 8, which shares that of the middleware", () => {
  const withEntry = shown
    .filter(({ code }) => /export default (\{|app)|APP_KEY/.test(code))
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

/** As a host has it: the file of its own folder, or that of the nearest layer below. */
function fileOf({ name, layers }, file) {
  const path = [...layers, name]
    .reverse()
    .map((layer) => `e2e/hosts/${layer}/${file}`)
    .find(existsSync);
  return readFileSync(path, "utf8");
}

/** As the recipes call a package. */
const packages = {
  Remix: "@remix-run/cloudflare",
  "React Router": "react-router",
  Hono: "hono",
  superflare: "superflare",
  "`@cloudflare/vite-plugin`": "@cloudflare/vite-plugin",
  Vite: "vite",
  wrangler: "wrangler",
};

describe.each(hosts)("the recipe of $name", (host) => {
  const section = sectionOf(headings[host.name]);
  const linked = Object.values(headings).filter((heading) => section.includes(`(#${anchorOf(heading)})`));
  const flat = [section, ...linked.map(sectionOf)].map((text) => text.replace(/\s+/g, " "));

  test("says with which versions and compatibility date it was tried", () => {
    const { dependencies, devDependencies } = JSON.parse(fileOf(host, "package.json"));
    const [, date] = /^compatibility_date = "(.*)"/m.exec(fileOf(host, "wrangler.toml"));
    const tried = Object.entries(packages)
      .map(([label, name]) => [label, { ...dependencies, ...devDependencies }[name]])
      .filter(([, version]) => version);
    // The middleware is an option of React Router 7.
    const said = (host.name === "react-router-7-middleware" ? flat[1] : flat[0]).split(`at ${date}`);
    expect(said).toHaveLength(2);
    const [sentence] = said[0].split("Tried with ").slice(-1);
    expect(
      sentence
        .split(/, | and |, $/)
        .filter(Boolean)
        .map((one) => one.trim())
        .sort(),
    ).toEqual(tried.map((one) => one.join(" ")).sort());
    const row = text
      .split("\n")
      .find((row) => row.startsWith("| [") && row.includes(`(#${anchorOf(headings[host.name])})`));
    expect(row).toContain(`| ${date} |`);
  });

  test("says the `lib` and `types` of its tsconfig.json, or links to the section that does", () => {
    const { lib, types } = JSON.parse(fileOf(host, "tsconfig.json")).compilerOptions;
    for (const [name, value] of Object.entries({ lib, types })) {
      const setting = `\`"${name}": [${value.map((one) => `"${one}"`).join(", ")}]\``;
      expect(flat.some((text) => text.includes(setting))).toBe(true);
    }
  });

  test("names the trap", () => {
    expect(section).toMatch(/\*\*(The|Another) trap:\*\*|no trap is known/);
  });

  test("ends with the check, of which its route is shown", () => {
    expect(section).toContain("[Check it](#the-route-for-the-check)");
    expect(shownIn(sectionOf("The route for the check")).map(({ path }) => path)).toContain(checkRouteOf(host));
  });
});
