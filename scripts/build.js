/**
 * The production build. Starts clean, because `remix dev` leaves development bundles and source maps in public/build, and a
 * deployment uploads everything in public.
 */
import "./node-version.js";
import { rmSync, writeFileSync } from "node:fs";
import { npx } from "./npx.js";

for (const folder of ["build", "public/build"]) rmSync(folder, { recursive: true, force: true });

await import("./snippets.js");
// NODE_ENV is set here, because a NODE_ENV=development left in the shell would ship a development build.
const env = { ...process.env, NODE_ENV: "production", VITE_CJS_IGNORE_WARNING: "true" };
npx(["remix", "build"], { stdio: "inherit", env });
// Tells build-if-changed.js that this build is complete.
writeFileSync("build/production", "");
