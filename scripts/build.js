/**
 * The production build, always from a clean slate: `remix dev` leaves development bundles and source maps in
 * public/build, and whatever lies in public is uploaded by a deploy.
 */
import { rmSync } from "node:fs";
import { npx } from "./npx.js";

for (const folder of ["build", "public/build"]) rmSync(folder, { recursive: true, force: true });

await import("./snippets.js");
npx(["remix", "build"], {
  stdio: "inherit",
  // Set here and not taken from the shell: a NODE_ENV=development left over there would ship a development build.
  env: { ...process.env, NODE_ENV: "production", VITE_CJS_IGNORE_WARNING: "true" },
});
