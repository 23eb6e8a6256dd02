/** Creates .dev.vars with a random secret, so that a fresh clone runs. Leaves an existing file alone. */
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";

if (!existsSync(".dev.vars")) {
  writeFileSync(".dev.vars", `SESSION_SECRET=${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  console.log("Created .dev.vars with a random SESSION_SECRET for this machine.");
}
