/** What a bare `npx wrangler deploy` uploads from a fresh clone, with NODE_ENV=development set and after development. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { npx } from "../../scripts/npx.js";
import { makeCopy } from "../copy.js";

// Only the development build of React has this text; the production build has a number instead.
const DEVELOPMENT_ONLY = "Hooks can only be called inside of the body of a function component";

const { folder, remove } = makeCopy();
afterAll(remove);

beforeAll(() => {
  mkdirSync(join(folder, "public/build"), { recursive: true });
  writeFileSync(join(folder, "public/build/leftover.js.map"), "{}");
  npx(["wrangler", "deploy", "--dry-run", "--outdir", "uploaded"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "development", WRANGLER_SEND_METRICS: "false" },
  });
});

/** Returns the text of every file below a folder, by its path. */
function filesIn(path) {
  const names = readdirSync(join(folder, path), { recursive: true }).map((name) => join(path, name));
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]));
}

const gzip = (text) => gzipSync(text ?? "").length;

test("the Worker is a production build", () => {
  const files = filesIn("uploaded");
  const worker = [...files].filter(([path]) => path.endsWith(".js"));
  expect(worker).toHaveLength(1);
  expect(worker[0][1].includes(DEVELOPMENT_ONLY)).toBe(false);
});

test("the browser scripts are a production build, without files of an earlier one", () => {
  const scripts = [...filesIn("public")].filter(([path]) => path.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter(([, text]) => text.includes(DEVELOPMENT_ONLY)).map(([path]) => path)).toEqual([]);
  expect(scripts.filter(([path]) => path.includes("/manifest-"))).toHaveLength(1);
});

test("no source map is uploaded", () => {
  const assets = filesIn("public");
  expect([...assets.keys()].filter((path) => path.endsWith(".map"))).toEqual([]);
  expect([...assets].filter(([, text]) => text.includes("sourceMappingURL")).map(([path]) => path)).toEqual([]);
});

test("the style sheets are compiled by Tailwind, and at most 10 kB in all", () => {
  const sheets = [...filesIn("public/build")].filter(([path]) => path.endsWith(".css")).map(([, css]) => css);
  // Remix's own Tailwind support would leave the directives uncompiled.
  expect(sheets.join("")).toMatch(/\.sr-only\s*{/);
  expect(sheets.join("")).not.toMatch(/@(import|theme|apply|tailwind)\b/);
  expect(sheets.reduce((sum, css) => sum + gzip(css), 0)).toBeLessThanOrEqual(10_000);
});

test("each page loads at most 102 kB of script, of which React and Remix are 85", () => {
  const assets = filesIn("public");
  const manifestText = [...assets].find(([path]) => path.includes("/manifest-"))?.[1] ?? "";
  const { entry, routes } = JSON.parse(
    manifestText.slice(manifestText.indexOf("{"), manifestText.lastIndexOf("}") + 1),
  );
  // Not the manifest: it grows with each route, and a new one must not break the budget of another.
  const shared = [entry.module, ...entry.imports, routes.root.module, ...(routes.root.imports ?? [])];

  for (const { id, module, imports = [] } of Object.values(routes)) {
    const loaded = new Set([...shared, module, ...imports]);
    const bytes = [...loaded].reduce((sum, path) => sum + gzip(assets.get(`public${path}`)), 0);
    expect(bytes, id).toBeGreaterThan(50_000);
    expect(bytes, id).toBeLessThanOrEqual(102_000);
  }
});
