/** `npm run remove`, as an owner runs it: what is left passes `npm run check`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeCleanCopy } from "./clean-copy.js";
import { parts } from "./parts.js";

/** Without git, Biome would not know what to leave out. */
function makeCopy() {
  const copy = makeCleanCopy();
  onTestFinished(copy.remove);
  copy.run("git", "init", "--quiet");
  return copy;
}

const names = Object.keys(parts);
const stores = names.filter((name) => parts[name].isStore);

/** The unit tests but for those of what no removal touches, such as the session folder, and which take long. */
const unitTestsOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /^(app|bench|e2e|scripts)\/.*\.test\.(tsx?|js)$|^worker\.test\.ts$/.test(path))
    .filter((path) => !/\.(slow|journey)\.test\.js$|node_modules/.test(path))
    .filter((path) => !/^app\/lib\/session-tests\/|^scripts\/(check|count-tests|deadline|stores|size)\./.test(path));

/** What no removal makes empty. */
const specs = ["accessibility", "screenshots", "session", "security"].map((name) => `${name}.spec.ts`);

/** Types, lint, unit tests, and whether Playwright can read every spec that is left. */
function expectToPass(copy) {
  for (const [command, ...args] of [
    ["npm", "run", "typecheck"],
    ["npm", "run", "lint"],
    ["npm", "run", "test:unit", "--", ...unitTestsOf(copy.folder)],
    ["npx", "playwright", "test", "--config", "e2e/all.config.ts", "--list"],
  ]) {
    const { status, output } = copy.run(command, ...args);
    expect(status, output).toBe(0);
    if (args.includes("--list")) for (const spec of specs) expect(output).toContain(spec);
  }
}

/** What goes with a part although it is not named for it, what stays although it had to do with it, and what is said of it. */
const also = {
  account: { gone: ["docs/accounts.md", "app/lib/devices.ts"], stays: ["scripts/soak-visitor.js"] },
  form: {
    gone: ["app/lib/contact-form.ts"],
    stays: ["theme-tabs", "back-forward", "flash-delivery", "appearance"].map((name) => `e2e/${name}.spec.ts`),
    says: [/README\.md:\d+: return redirect\("\/form-flash", 303\)/],
  },
  inspector: {
    // The first two import each other.
    gone: ["app/lib/inspector.ts", "app/lib/timeline.ts", "app/lib/inspector-path.ts", "app/lib/timeline.test.ts"],
    says: [/deploy\.md:\d+: \| `SESSION_INSPECTOR`/, /guarantees\.md:\d+: ## The inspector/],
  },
  theme: { says: [/where-to-look\.tsx:\d+: .*Reads the theme/] },
  hosts: { gone: ["docs/hosts.md"] },
};

test.each(names)(
  "without %s, types, lint and unit tests pass, and the pages that it was part of work in a browser",
  (name) => {
    const copy = makeCopy();
    const { status, output } = copy.run("npm", "run", "remove", "--", name);
    expect(status, output).toBe(0);
    // In an app of which it has been removed.
    if (output.includes("not here any more")) return;
    const { gone = [], stays = [], says = [] } = also[name] ?? {};
    const isThere = (path) => existsSync(join(copy.folder, path));
    expect([gone.filter(isThere), stays.filter((path) => !isThere(path))]).toEqual([[], []]);
    for (const line of says) expect(output).toMatch(line);
    expectToPass(copy);
    // What compiles can still fail when a page is drawn or a form is sent.
    if (parts[name].files.some((each) => each.startsWith("app/"))) {
      const inBrowser = copy.run("npm", "run", "spec", "--", "focus");
      expect(inBrowser.status, inBrowser.output).toBe(0);
      expect(inBrowser.output).toMatch(/\d+ passed/);
    }
    // A second time there is nothing to do.
    expect(copy.run("npm", "run", "remove", "--", name)).toMatchObject({
      status: 0,
      output: expect.stringContaining("not here"),
    });
  },
);

test("without any of them, what is left is a home page with one store, and everything passes, in the browser too", () => {
  const copy = makeCopy();
  const { status, output } = copy.run("npm", "run", "remove", "--", ...names.filter((name) => name !== "d1"));
  expect(status, output).toBe(0);
  expect(readdirSync(join(copy.folder, "app/routes")).sort()).toEqual(["$.tsx", "_index.tsx", "build.$.ts"]);
  expect(existsSync(join(copy.folder, "bench"))).toBe(false);
  expect(readFileSync(join(copy.folder, "package.json"), "utf8")).not.toContain('"bench"');
  expectToPass(copy);
  const rest = copy.run("npx", "playwright", "test", "--config", "e2e/rest.config.ts", "--list");
  expect(rest.status, rest.output).toBe(0);
  const e2e = copy.run("npm", "run", "test:e2e");
  expect(e2e.status, e2e.output).toBe(0);
});

test("without the default store, the browser tests run with the store that has its place", () => {
  const copy = makeCopy();
  copy.run("npm", "run", "remove", "--", "cookie", "kv", "durable-object");
  const { status, output } = copy.run("npm", "run", "spec", "--", "session", "outage");
  expect(status, output).toBe(0);
  expect(output).toMatch(/\[d1\].*\n[\s\S]*\[outage\]/);
});

test("a package that only the removed part has used is named, and one that is used in any other way is not", () => {
  const copy = makeCopy();
  // In an app of which it has been removed.
  if (!existsSync(join(copy.folder, "bench"))) return;
  const edit = (path, change) => {
    const file = join(copy.folder, path);
    writeFileSync(file, change(existsSync(file) ? readFileSync(file, "utf8") : ""));
  };
  // Not in one piece: the copy has this file as well.
  const [ofPart, shared] = ["part", "app"].map((name) => `of-the-${name}`);
  edit("package.json", (text) => text.replace('"dependencies": {', `$& "${ofPart}": "1.0.0", "${shared}": "1.0.0",`));
  edit("bench/run.js", (text) => `import "${ofPart}";\nimport "${shared}";\n${text}`);
  edit("scripts/own.cjs", () => `require("${shared}/part");\n`);
  const { output } = copy.run("npm", "run", "remove", "--", "bench");
  expect(output).toMatch(/^Nothing imports .*\bof-the-part\b.* any more: npm uninstall .*\bof-the-part\b/m);
  expect(output).not.toContain(shared);
});

test("the last store is not removed, and nothing is touched", () => {
  const copy = makeCopy();
  const { status, output } = copy.run("npm", "run", "remove", "--", ...stores);
  expect([status, output]).toEqual([1, expect.stringContaining("An app needs a store: leave one of them.")]);
  expect(existsSync(join(copy.folder, "e2e/outage.spec.ts"))).toBe(true);
});

test("an app that was changed where a part is taken out is told what was not found, and nothing is touched", () => {
  const copy = makeCopy();
  const worker = join(copy.folder, "worker.ts");
  writeFileSync(worker, readFileSync(worker, "utf8").replace("sessionStorage.userSessions", "mySessions"));
  const { status, output } = copy.run("npm", "run", "remove", "--", "form", "account");
  expect([status, output]).toEqual([1, expect.stringMatching(/worker\.ts has no +userSessions: sessionStorage/)]);
  expect(existsSync(join(copy.folder, "app/routes/form-flash.tsx"))).toBe(true);
});

test("an unknown part is answered with the list of those that there are, and nothing is touched", () => {
  const copy = makeCopy();
  expect(copy.run("npm", "run", "remove", "--", "acount")).toMatchObject({
    status: 1,
    output: expect.stringContaining(`There is no part "acount": npm run remove -- ${names.join(" ")}`),
  });
});
