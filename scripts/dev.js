/**
 * `npm run dev`: `remix dev`, which builds the app and runs `wrangler dev`. Creates a secret and the snippets that the pages
 * show. Arguments go to wrangler: `npm run dev -- --env d1 --port 9999`. With `--https` it serves https, and prints the command
 * that opens a browser with device binding.
 */
import "./node-version.js";
import diagnostics from "node:diagnostics_channel";
import { stripVTControlCharacters } from "node:util";
import "./dev-vars.js";
import { browserCommand } from "./device-binding.js";

// Must be set before Remix loads Vite. Silences a deprecation notice that does not concern this app.
process.env.VITE_CJS_IGNORE_WARNING = "true";
// Without it wrangler fetches a sample of `request.cf` at each start, and prints an error if there is no network. Set it to
// true if your app reads `request.cf`.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";

// Remix stops wrangler on these signals.
let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (isStopping = true));

diagnostics.subscribe("child_process", ({ process: child }) => {
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

/** What Remix and wrangler print after each save beside "rebuilt", so that an error is not lost among it. */
const routine =
  /^(The file .* changed, restarting build|\[custom build\] Running|⎔ |\[wrangler:info\] ✨ Parsed|\[REMIX DEV\]|\[info\] app server ready)/;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk, ...rest) => {
  const lines = String(chunk).split(/(?<=\n)/);
  const [, origin] = /Ready on (https:\S+)/.exec(stripVTControlCharacters(String(chunk))) ?? [];
  if (origin) tellHowToOpen(origin);
  // The empty line by itself is Remix's, too.
  const news = chunk === "\n" ? [] : lines.filter((line) => !routine.test(stripVTControlCharacters(line)));
  return write(news.length < lines.length ? news.join("") : chunk, ...rest);
};

async function tellHowToOpen(origin) {
  const command = await browserCommand(origin).catch(({ message }) => message);
  console.log(`Chrome with device binding:\n${command}`);
}

const given = process.argv.slice(2).flatMap((word) => (word === "--https" ? ["--local-protocol", "https"] : [word]));
const words = ["wrangler", "dev", ...given];
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
