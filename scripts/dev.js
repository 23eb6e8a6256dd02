/**
 * `npm run dev`: a secret where there is none, the code that the pages show, then `remix dev` with `wrangler dev` behind
 * it. What follows `--` goes to `remix dev`.
 */
import "./dev-vars.js";
import "./snippets.js";

// Set before Remix loads Vite, which would print a notice about its own packaging.
process.env.VITE_CJS_IGNORE_WARNING = "true";
// wrangler would look up this machine's data center at each start, and print an error where there is no network. Set it
// to true if your app reads `request.cf`.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";

const { default: remix } = await import("@remix-run/dev");
await remix.cli.run(["dev", "--manual", "-c", "wrangler dev", ...process.argv.slice(2)]);
