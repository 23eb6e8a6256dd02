/** Runs a command of node_modules and waits for it. On Windows npx is a script and needs a shell. */
import { execFileSync, spawnSync } from "node:child_process";

const shell = process.platform === "win32";

/** Throws if it fails. */
export const npx = (args, options) => execFileSync("npx", args, { shell, ...options });

/** Returns its status and output, whether or not it fails. */
export const tryNpx = (args, options) => spawnSync("npx", args, { shell, ...options });
