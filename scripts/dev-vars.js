/** Makes .dev.vars with a random secret where it is missing, so that a fresh clone runs. An existing file is left alone. */
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";

if (!existsSync(".dev.vars")) {
  writeFileSync(".dev.vars", `SESSION_SECRET=${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  console.log("Made .dev.vars with a random SESSION_SECRET for this machine.");
}
