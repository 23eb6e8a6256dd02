/** README and docs: what they name exists, and what they show is the source. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parts } from "./parts.js";
import { playwrightArguments } from "./spec.js";

const read = (path) => readFileSync(path, "utf8");
const inFolder = (folder, ending) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
const workflows = inFolder(".github/workflows", ".yml");
const documents = [
  "README.md",
  "AGENTS.md",
  "CHANGELOG.md",
  "app/lib/session/README.md",
  ...inFolder("docs", ".md"),
  ...inFolder(".github", ".md"),
];
const specs = readdirSync("e2e").filter((name) => name.endsWith(".spec.ts"));
const { scripts, repository, cloudflare } = JSON.parse(read("package.json"));

function missingScripts(text) {
  const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)];
  return named.map(([, script, short]) => script ?? short).filter((name) => !scripts[name]);
}

/** What follows a command, word for word, wherever the text has it. */
const argumentsOf = (command, text) =>
  [...text.matchAll(new RegExp(`${command} ([^\`#\n]*)`, "g"))].map(([, words]) => words.trim().split(/\s+/));

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsIn = (path) => [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));

describe.each(documents)("%s", (document) => {
  const text = read(document);

  test("links to files and headings that exist", () => {
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path, anchor] = link.split("#");
      const file = path ? join(dirname(document), path) : document;
      expect([link, existsSync(file)]).toEqual([link, true]);
      if (anchor) expect(anchorsIn(file), link).toContain(anchor);
    }
  });

  test("names npm scripts that exist", () => {
    expect(missingScripts(text)).toEqual([]);
  });

  test("runs scripts and specs, and removes parts, that exist", () => {
    const run = argumentsOf("\\bnode", text).map((words) => words.find((word) => /\.m?js$/.test(word)));
    expect(run.filter((path) => path && !existsSync(path))).toEqual([]);
    for (const words of argumentsOf("npm run spec --", text)) {
      // What a reader is about to create.
      if (words[0] !== "currency") expect(() => playwrightArguments(words, specs)).not.toThrow();
    }
    const removed = argumentsOf("npm run remove --", text).flat();
    expect(removed.filter((name) => !parts[name])).toEqual([]);
  });

  test("names paths of this project that exist", () => {
    const paths = [...text.matchAll(/`((?:app|docs|e2e|scripts|bench|public|migrations|\.github)\/[\w./$*-]+)`/g)];
    // What a reader is about to create, or has in an app of another host.
    const isNew = (path) => /currency|session-check|^app\/routes\.ts$/.test(path);
    for (const [, path] of paths) {
      if (isNew(path)) continue;
      const folder = path.includes("*") ? dirname(path) : path;
      const built = /^public\/build/.test(path);
      expect([path, built || existsSync(folder) || existsSync(join(dirname(document), folder))]).toEqual([path, true]);
    }
  });
});

test("the README has at most 900 words", () => {
  expect(read("README.md").split(/\s+/).length).toBeLessThanOrEqual(900);
});

/** The lines of worker.ts that are about the session, without what its comments call this app's own. */
function sessionLines() {
  const [, lines] = /(const config = getConfig[\s\S]*?\n {2}\);)\n}/.exec(read("worker.ts"));
  return lines
    .replace(": AppLoadContext", "")
    .replace(/.*This app's own, too: .*\n.*\n/, "")
    .replace(/.*This app's own: [\s\S]*?(?=\n *\}[;,])/g, "")
    .replace(", loadContext.lifetime", "");
}

/** The same text for the same code, on however many lines. */
const onOneLine = (code) =>
  code
    .trim()
    .replace(/\s+/g, " ")
    .replace(/([({]) /g, "$1")
    .replace(/,? ([)}])/g, "$1");

test.each(["README.md", "app/lib/session/README.md"])("the ten lines of %s are those of worker.ts", (document) => {
  const [, lines] = /(const config = getConfig[\s\S]*?)```/.exec(read(document));
  expect(onOneLine(lines)).toBe(onOneLine(sessionLines()));
});

test.each(["docs/accounts.md"])("each line of code in %s is the app's own", (document) => {
  const flat = (text) => text.replace(/\s+/g, " ").trim();
  const files = readdirSync("app", { recursive: true }).filter((path) => /\.tsx?$/.test(path));
  const source = flat([read("worker.ts"), ...files.map((path) => read(`app/${path}`))].join("\n"));
  const blocks = [...read(document).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(3);
  for (const line of blocks.join("\n").split("\n")) {
    const [code] = line.split(/\s*\/\/ /);
    expect(source).toContain(flat(code));
  }
});

test("every secret that has to be set is named where deploying is explained", () => {
  expect(read("docs/deploy.md")).toContain("SESSION_SECRET");
  for (const [setting] of read("app/lib/session/config.ts").matchAll(
    /\bSESSION_(?!KV|DB|OBJECT)[A-Z0-9_]+(?=\?: string)/g,
  )) {
    expect(read("docs/deploy.md"), setting).toContain(`\`${setting}\``);
  }
});

test("the button that deploys asks for what .dev.vars.example lists, and describes it", () => {
  const asked = [...read(".dev.vars.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(Object.keys(cloudflare.bindings)).toEqual(asked);
  for (const { description } of Object.values(cloudflare.bindings)) expect(description).toContain("openssl");
});

test("each workflow only reads, and pins what it uses by commit, with the version beside it", () => {
  for (const path of workflows) {
    const text = read(path);
    expect([path, /^permissions:\n {2}contents: read$/m.test(text)]).toEqual([path, true]);
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(name).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(missingScripts(text)).toEqual([]);
  }
});

test("no document names a repository that is not the owner's", () => {
  if (repository) return;
  for (const document of documents) expect(read(document)).not.toMatch(/git clone https?:/);
});

/** The Worker has these in it. Each allows what MIT allows. */
test("every dependency of the app may be copied under the terms of MIT", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  const production = Object.entries(packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);
  expect(production.length).toBeGreaterThan(5);
  const licences = production
    .filter(([path]) => existsSync(`${path}/package.json`))
    .map(([path]) => [path, JSON.parse(read(`${path}/package.json`)).license]);
  const allowed = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|MIT OR Apache-2\.0|\(Apache-2\.0 AND MIT\))$/;
  expect(licences.filter(([, licence]) => !allowed.test(licence ?? ""))).toEqual([]);
});
