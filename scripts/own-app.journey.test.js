/** The first things that an owner does, in a copy: settings, a route with a form, and a name of their own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { readAppStores } from "./app-stores.js";
import { makeCleanCopy } from "./clean-copy.js";

const { folder, run, remove } = makeCleanCopy();
afterAll(remove);

const write = (path, text) => writeFileSync(join(folder, path), text);

const read = (path) => readFileSync(join(folder, path), "utf8");

const stores = readAppStores().map(({ store }) => store);

/** The unit tests of wrangler.toml. */
const ofSettings = ["app-stores", "bindings", "deploy-secret"].map((name) => `scripts/${name}.test.js`);

const expectToPass = (...command) => {
  const { status, output } = run(...command);
  expect([command.join(" "), status], output).toEqual([command.join(" "), 0]);
  expect(output).toContain("passed");
};

test("the tests pass whatever is in .dev.vars and .env, and with a new route whose form they don't know", () => {
  const settings = [
    "SESSION_SECRET=short",
    "SESSION_INSPECTOR=on",
    "SESSION_STORE=kv",
    "SESSION_IDLE_TIMEOUT=soon",
    "SESSION_ABSOLUTE_TIMEOUT=never",
    "SESSION_D1_REPLICAS=on",
  ].join("\n");
  for (const file of [".dev.vars", ".env"]) write(file, settings);
  write(
    "app/routes/notes.tsx",
    `import { type ActionFunctionArgs, data, redirect } from "@remix-run/cloudflare";
import { Form } from "@remix-run/react";

export async function action({ request, context: { session } }: ActionFunctionArgs) {
  const note = (await request.formData()).get("note");
  if (typeof note !== "string" || note.length < 5) return data({ error: "Too short" }, { status: 422 });
  session.flash("success", "Kept");
  return redirect("/notes", 303);
}

export default function Notes() {
  return (
    <Form method="post">
      <input name="note" aria-label="Note" />
    </Form>
  );
}
`,
  );
  write(
    "app/routes/feed[.]xml.ts",
    `export const loader = () => new Response("<feed/>", { headers: { "Content-Type": "application/xml" } });\n`,
  );
  write(
    "app/routes/old.ts",
    `import { redirect } from "@remix-run/cloudflare";\n\nexport const loader = () => redirect("/", 301);\n`,
  );
  // Those that are made from wrangler.toml, beside which these files are. The rest have settings or a folder of their own.
  expectToPass("npx", "vitest", "run", "worker.test.ts", "app", ...ofSettings);
  // And so are the fixtures of the browser tests, for a store that has a binding.
  const withBinding = stores.includes("d1") ? "d1" : stores.at(-1);
  expectToPass("npm", "run", "spec", "--", "session", "--project", withBinding);
}, 300_000);

test("npm run rename changes the name, the title and the colour everywhere, and what needs them still works", () => {
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  for (const [args, problem] of [
    [[], "Say what to change"],
    [["--help"], "or one of the three"],
    [["My App"], "cannot be the name of a Worker"],
    [["corner-shop", "--title", '"Shop"'], "cannot be the title"],
    [["corner-shop", "--accent", "purple"], "is not a pair of colours"],
  ]) {
    expect(run("npm", "run", "rename", "--", ...args)).toMatchObject({
      status: 1,
      output: expect.stringContaining(problem),
    });
  }
  const renamed = run("npm", "run", "rename", "--", "corner-shop", "--title", "Corner Shop");
  expect(renamed.status, renamed.output).toBe(0);
  expect(read("package.json")).toContain('"corner-shop"');
  const coloured = run("npm", "run", "rename", "--", "--accent", "#7A1F5C,#e9a6d0");
  expect(coloured.status, coloured.output).toBe(0);
  for (const file of ["package.json", "package-lock.json", "wrangler.toml"]) {
    expect(read(file)).not.toContain(name);
    expect(read(file)).toContain('"corner-shop"');
  }
  const files = readdirSync(join(folder), { recursive: true }).filter(
    (path) => /^(app|public|worker)\b.*\.(tsx?|css|svg)$/.test(path) && !path.startsWith("public/build"),
  );
  const withOldBrand = files.filter((path) => /Remix Sessions|#0b5f4b|#7fd6b4/.test(read(path)));
  expect(withOldBrand).toEqual([]);
  expect(files.filter((path) => read(path).includes("Corner Shop"))).toContain("app/lib/page-meta.ts");
  const drawn = run("node", "scripts/draw-pictures.js");
  expect(drawn.status, drawn.output).toBe(0);
  expect(run("npm", "run", "typecheck").status).toBe(0);
  expectToPass("npx", "vitest", "run", ...ofSettings, "scripts/deploy.test.js", "scripts/brand.test.js");
  expectToPass("npm", "run", "spec", "--", "session", "--project", stores.at(-1));
}, 300_000);

test("with a `repository` in package.json, the pages link to the owner's code", () => {
  write(
    "package.json",
    JSON.stringify({ ...JSON.parse(read("package.json")), repository: "github:corner/shop" }, null, 2),
  );
  const { status, output } = run(
    "npm",
    "run",
    "spec",
    "--",
    "code",
    "focus",
    "--grep",
    "from the source|home page names|large enough",
  );
  expect(status, output).toBe(0);
  expect(read("build/index.js")).toContain("github.com/corner/shop/blob/");
}, 300_000);

test("the recipe for a new session key holds as it is written, and so does the example in the README", () => {
  const { folder, run, remove } = makeCleanCopy();
  onTestFinished(remove);
  // Without git, Biome would not know what to leave out.
  run("git", "init", "--quiet");
  const edit = (path, pattern, text) => {
    const before = readFileSync(join(folder, path), "utf8");
    expect(before).toMatch(pattern);
    writeFileSync(join(folder, path), before.replace(pattern, text));
  };
  const [, recipe] = /## A new session key\n([\s\S]*?)\n## /.exec(readFileSync("docs/make-it-yours.md", "utf8"));
  const blocks = [
    ...recipe.matchAll(/`((?:app|e2e)\/[^`]+)`[^`]*(?:`npx[^`]*`|`npm[^`]*`)?[^`]*```tsx?\n([\s\S]*?) {3}```/g),
  ];
  const texts = new Map(blocks.map(([, path, text]) => [path, text.replace(/^ {3}/gm, "")]));
  const keys = texts.get("app/lib/session-data.ts");
  texts.delete("app/lib/session-data.ts");
  const files = ["app/lib/currency.ts", "app/lib/currency.test.ts", "app/routes/currency.tsx", "e2e/currency.spec.ts"];
  expect([...texts.keys()]).toEqual(files);
  for (const [path, text] of texts) writeFileSync(join(folder, path), text);
  const [line] = /import type .*\n/.exec(keys);
  const [, key] = /SessionData = \{\n(.*\n)/.exec(keys);
  edit("app/lib/session-data.ts", /\nimport type/, `\n${line}import type`);
  edit("app/lib/session-data.ts", /SessionData = \{\n/, `SessionData = {\n${key}`);
  const [, file, link] = /a line of `pages` in `(.*?)`: `(.*?)`/.exec(recipe);
  edit(file, /const pages = \[\n/, `const pages = [\n  ${link}\n`);

  const [example] = /export async function action[\s\S]*?(?=```)/.exec(readFileSync("README.md", "utf8"));
  const imported = `import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";`;
  writeFileSync(join(folder, "app/routes/readme.ts"), `${imported}\n\n${example}`);

  const commands = [...recipe.matchAll(/`(np[mx] run? ?[^`]+|npx [^`]+)`/g)].map(([, command]) => command);
  expect(commands).toEqual([
    "npx vitest run app/lib/currency.test.ts",
    "npm run spec -- currency",
    "npm run fix",
    "npm run typecheck",
    "npm run check",
  ]);
  // The whole check takes minutes; these are the parts that a route, a key and a link could break.
  const parts = [
    ...["npm run lint", "npx vitest run worker.test.ts app scripts/figures.test.js"],
    "npm run spec -- focus keyboard accessibility --project cookie",
  ];
  for (const command of [...commands.slice(0, 4), ...parts]) {
    const { status, output } = run(...command.split(" "));
    expect([command, status], output).toEqual([command, 0]);
  }
}, 600_000);

test("create-remix 2.16.8 makes an app from a fresh clone of a used folder, which type-checks, without any secret", () => {
  const { folder: used, run, remove } = makeCleanCopy();
  onTestFinished(remove);
  // As in a clone.
  rmSync(join(used, "node_modules"));
  const [, version] = /create-remix@([\d.]+)/.exec(readFileSync("docs/make-it-yours.md", "utf8"));
  const git = (...args) => expect(run("git", ...args)).toMatchObject({ status: 0 });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=Owner", "-c", "user.email=owner@example.com", "commit", "--quiet", "--message", "The template");
  const left = [".dev.vars", ".env", ".wrangler"];
  for (const file of [".dev.vars", ".env"]) writeFileSync(join(used, file), "SESSION_SECRET=of-the-used-folder");
  mkdirSync(join(used, ".wrangler"));
  writeFileSync(join(used, ".wrangler/sessions"), "");

  /** Returns the folder of the new app, and what it has of the used one. */
  function createFrom(template) {
    const target = `${template}-created`;
    onTestFinished(() => rmSync(target, { recursive: true, force: true }));
    const options = ["--template", template, "--no-install", "--no-git-init", "--yes"];
    const created = run("npx", "--yes", `create-remix@${version}`, target, ...options);
    expect(created.status, created.output).toBe(0);
    return { target, carried: left.filter((path) => existsSync(join(target, path))) };
  }

  const clone = `${used}-clone`;
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  git("clone", "--quiet", used, clone);
  const { target, carried } = createFrom(clone);
  expect(carried).toEqual([]);
  expect(readdirSync(target)).toEqual(
    expect.arrayContaining(["app", "worker.ts", "wrangler.toml", ".dev.vars.example", ".gitignore"]),
  );
  // What the document warns of. If this fails, the warning can go.
  expect(createFrom(used).carried).toEqual(left);

  symlinkSync(join(process.cwd(), "node_modules"), join(target, "node_modules"), "junction");
  // It has named the package, and not the Worker.
  const renamed = spawnSync("npm", ["run", "rename", "--", "corner-shop"], { cwd: target, encoding: "utf8" });
  expect(renamed.status, renamed.stderr).toBe(0);
  for (const file of ["package.json", "wrangler.toml"]) {
    expect(readFileSync(join(target, file), "utf8")).toMatch(/\bname"?(: | = )"corner-shop"/);
  }
  expect(spawnSync("npm", ["run", "typecheck"], { cwd: target, encoding: "utf8" })).toMatchObject({ status: 0 });
}, 300_000);
