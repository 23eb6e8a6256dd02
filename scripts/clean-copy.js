/** For tests: the project as a fresh clone has it after `npm ci`, in a temporary folder. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

// Named here and not asked of git, so that a copy without its history (a downloaded archive) can be tested as well.
const left = [
  ".git",
  "node_modules",
  "build",
  "public/build",
  "public/source",
  "app/snippets.json",
  ".wrangler",
  ".cache",
  "test-results",
  "bench/peers/node_modules",
];
const isSecret = /^\.(dev\.vars|env)(?!.*\.example$)/;

/** Returns the folder's path and what removes it. */
export function makeCleanCopy() {
  const folder = mkdtempSync(join(tmpdir(), "sessions-copy-"));
  cpSync(root, folder, {
    recursive: true,
    filter: (source) => {
      const path = relative(root, source).split(sep).join("/");
      return !left.includes(path) && !isSecret.test(path);
    },
  });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Lets the copy run beside an app that somebody is working on. `lines` are put at the top of its wrangler.toml. */
export function setFreePorts(folder, lines = "") {
  const config = join(folder, "wrangler.toml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, `${lines}${text.replace("[dev]\n", "[dev]\nport = 0\ninspector_port = 0\n")}`);
}
