/** Runs a command of node_modules and waits for it; throws if it fails. On Windows npx is a script and needs a shell. */
import { execFileSync } from "node:child_process";

export const npx = (args, options) => execFileSync("npx", args, { shell: process.platform === "win32", ...options });
