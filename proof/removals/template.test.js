/** `rm -r proof .github/workflows/proof.yml` leaves a whole template: nothing in it needs what is deleted, or points to it. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeCopy } from "../copy.js";

const { folder, run, remove } = makeCopy();
afterAll(remove);
rmSync(join(folder, "proof"), { recursive: true });
rmSync(join(folder, ".github/workflows/proof.yml"));
const read = (path) => readFileSync(join(folder, path), "utf8");

test.each([
  "npm run typecheck",
  "npm run lint",
  // The session's own tests import nothing of proof/: the type check has said so.
  "npx vitest run app scripts worker.test.ts",
  "npx playwright test theme-toggle",
  "npx wrangler deploy --dry-run",
])("%s passes without it", (command) => {
  const { status, output } = run(...command.split(" "));
  expect(status, output).toBe(0);
});

test("README and package.json have the two commands, and npm the packages for them", () => {
  expect(read("README.md")).toMatch(/^npm ci && npm run dev\b[\s\S]*^npm ci && npm test\b/m);
  const { scripts } = JSON.parse(read("package.json"));
  expect(Object.values(scripts).filter((command) => command.includes("proof"))).toEqual([]);
  // It changes nothing, and fails if the lock file does not fit package.json.
  expect(run("npm", "ci", "--dry-run", "--ignore-scripts")).toMatchObject({ status: 0 });
});

// Documents of the template name them as text: a link would be broken once proof/ is deleted.
test("every file of proof/ that a document names is there, while proof/ is", () => {
  const hosts = readdirSync("proof/hosts").join("|");
  const named = [
    "README.md",
    ...["docs", ".github"].flatMap((name) => readdirSync(name).map((file) => join(name, file))),
  ]
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) => [
      ...readFileSync(path, "utf8").matchAll(new RegExp(`\`(proof|(?:${hosts}))(/[^\`\\s]*)\``, "g")),
    ])
    .map(([, first, rest]) => (first === "proof" ? first : `proof/hosts/${first}`) + rest);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test("no document has a broken link", () => {
  const documents = readdirSync(folder, { recursive: true }).filter(
    (path) => path.endsWith(".md") && !path.includes("node_modules"),
  );
  expect(documents.length).toBeGreaterThan(8);
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^\w+:/.test(link) && !existsSync(join(folder, dirname(document), link)))
      .map((link) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
});
