/**
 * Imported first by vitest.config.js. vitest-pool-workers 0.15 loads no test from a folder with a space or a letter outside
 * ASCII in its path (workers-sdk#14655 and #15048). There, this runs the same command again through a link in the temporary
 * folder, and ends with its status.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Whether this is that second run. */
export const preserveSymlinks = process.execArgv.includes("--preserve-symlinks");

// The dependencies may be elsewhere, behind a link or in a folder above.
const dependency = createRequire(import.meta.url).resolve("vitest/package.json");
if (!preserveSymlinks && /[^!-~]/.test(root + dependency)) {
  const folder = mkdtempSync(join(tmpdir(), "sessions-link-"));
  const link = join(folder, "project");
  symlinkSync(root, link, "junction");
  const node = ["--preserve-symlinks", "--preserve-symlinks-main"];
  const vitest = [join(link, "node_modules/vitest/vitest.mjs"), ...process.argv.slice(2)];
  const options = ["--root", link, "--configLoader", "native"];
  const { status } = spawnSync(process.execPath, [...node, ...vitest, ...options], { stdio: "inherit" });
  rmSync(folder, { recursive: true });
  process.exit(status ?? 1);
}
