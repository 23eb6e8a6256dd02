/** `npm test`: every proof, two at a time. Prints what each has said when it is done, and which failed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Scripts of package.json. Those that take longest come first. */
const queue = [
  "test:hosts",
  "test:removals",
  "test:journeys",
  "explore -- 1000",
  "test:soak",
  "test:browsers",
  "test:lighthouse",
  "test:bench",
  "test:registry",
];

const failed = [];

async function run(name) {
  console.log(`${name} …`);
  const start = performance.now();
  const running = spawn("npm", ["run", ...name.split(" ")], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [running.stdout, running.stderr]) stream.on("data", (text) => (output += text));
  const [status] = await once(running, "close");
  if (status !== 0) failed.push(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${output}\n${name}: ${status === 0 ? "passed" : "FAILED"}, ${seconds} s\n`);
}

async function runAll() {
  for (let next = queue.shift(); next; next = queue.shift()) await run(next);
}

await Promise.all([runAll(), runAll()]);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exit(1);
}
