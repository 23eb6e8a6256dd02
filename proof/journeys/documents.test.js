/** The documents' links lead somewhere, and the README's code is the app's own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { getConfig } from "../../app/lib/session/index.ts";

const read = (path) => readFileSync(path, "utf8");

test("each ts block of the README is in worker.ts or in the form's route, as it stands", () => {
  const source = ["worker.ts", "app/routes/form-flash/route.tsx"].map(read).join("\n");
  const blocks = [...read("README.md").matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    const indented = block.replace(/^(?=.)/gm, "  ");
    expect(source.includes(block) || source.includes(indented), block).toBe(true);
  }
});

const folders = [".", ".github", "docs", "app", "tests", "proof"].filter(existsSync);
const documents = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: folder !== "." })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(folder, name)),
);

test.each(documents)("%s links to files and headings that exist", (document) => {
  for (const [, path, anchor] of read(document).matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)) {
    const target = path ? join(dirname(document), path) : document;
    expect(existsSync(target), target).toBe(true);
    if (anchor) expect(headingsIn(target)).toContain(anchor);
  }
});

test("the command that sets a secret works in any shell: Node writes the file, so PowerShell does not make it UTF-16", () => {
  const [, script] = /`node -e "(fs\.append.*)"`/.exec(read("docs/copy-it.md"));
  const folder = mkdtempSync(join(tmpdir(), "sessions-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const _ of [1, 2]) execFileSync(process.execPath, ["-e", script], { cwd: folder });
  expect(readFileSync(join(folder, ".dev.vars"), "utf8")).toMatch(/^(SESSION_SECRET=\w{64}\n){2}$/);
  // The error of an app without one says the same.
  expect(() => getConfig({ request: new Request("https://example.com"), env: {} })).toThrow(`node -e "${script}"`);
  for (const document of documents) expect(read(document)).not.toMatch(/`[^`]*(\becho\b|openssl| >>? ?\S)[^`]*`/);
});

/** The anchors that GitHub makes. */
function headingsIn(path) {
  const titles = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase());
  return titles.map((title) => title.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}
