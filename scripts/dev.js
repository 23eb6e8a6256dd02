/**
 * `npm run dev`: `remix dev`, which builds the app and runs `wrangler dev`. Creates a secret and the snippets that the pages
 * show. Arguments go to wrangler: `npm run dev -- --env d1 --port 9999`.
 */
import { subscribe } from "node:diagnostics_channel";
import "./dev-vars.js";

// Must be set before Remix loads Vite. Silences a deprecation notice that does not concern this app.
process.env.VITE_CJS_IGNORE_WARNING = "true";
// Without it wrangler fetches a sample of `request.cf` at each start, and prints an error if there is no network. Set it to
// true if your app reads `request.cf`.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";

// Remix stops wrangler on these signals.
let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (isStopping = true));

subscribe("child_process", ({ process: child }) => {
  const started = () => child.spawnargs.join(" ");
  // Remix itself would keep running after wrangler has ended, and serve nothing.
  child.once("exit", (code, signal) => {
    if (isStopping || !started().includes("wrangler dev")) return;
    console.error(`wrangler has ended (${signal ?? `status ${code}`}), and npm run dev with it.`);
    process.exit(code || 1);
  });
  // Otherwise Remix's esbuild prints pages of goroutines when this process ends.
  process.once("exit", () => started().includes("--service=") && child.kill("SIGKILL"));
});

const words = ["wrangler", "dev", ...process.argv.slice(2)];
// Remix splits the command at spaces.
const command = words.map((word) => word.replaceAll(" ", "\\ ")).join(" ");
try {
  await import("./snippets.js");
  const { default: remix } = await import("@remix-run/dev");
  await remix.cli.run(["dev", "--manual", "-c", command]);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
