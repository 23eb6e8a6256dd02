/**
 * The production build. Starts clean, because `remix dev` leaves development bundles and source maps in public/build, and a
 * deploy uploads everything in public.
 */
import { rmSync } from "node:fs";
import { markBuildFresh } from "./build-if-changed.js";
import { npx } from "./npx.js";

for (const folder of ["build", "public/build"]) rmSync(folder, { recursive: true, force: true });

await import("./snippets.js");
npx(["remix", "build"], {
  stdio: "inherit",
  // Set here, because a NODE_ENV=development left in the shell would ship a development build.
  env: { ...process.env, NODE_ENV: "production", VITE_CJS_IGNORE_WARNING: "true" },
});
markBuildFresh(".");
