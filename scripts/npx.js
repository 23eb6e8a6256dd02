/** Runs a command of node_modules and waits for it. On Windows npx is a script and needs a shell. */
import { spawnSync } from "node:child_process";

/** Returns its status and output, whether or not it fails. */
export const tryNpx = (args, options) => spawnSync("npx", args, { shell: process.platform === "win32", ...options });

/** Ends this process with the command's status if it fails: it has printed why. */
export function npx(args, options) {
  const { status } = tryNpx(args, options);
  if (status !== 0) process.exit(status ?? 1);
}
