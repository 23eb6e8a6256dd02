/**
 * `npm run dev`: creates a secret if there is none and the snippets that the pages show, then runs `remix dev`, which runs
 * `wrangler dev`. Arguments after `--` go to `remix dev`.
 */
import "./dev-vars.js";
import "./snippets.js";

// Must be set before Remix loads Vite. Silences a deprecation notice that does not concern this app.
process.env.VITE_CJS_IGNORE_WARNING = "true";
// Without it wrangler fetches a sample of `request.cf` at each start, and prints an error if there is no network. Set it to
// true if your app reads `request.cf`.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";

const { default: remix } = await import("@remix-run/dev");
await remix.cli.run(["dev", "--manual", "-c", "wrangler dev", ...process.argv.slice(2)]);
