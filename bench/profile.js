/** Where the CPU time of an untouched request with a cookie goes: workerd's own profiler, over its inspector. */
import { createRequire } from "node:module";
import { createClients, run } from "./load.js";
import { table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

// Node 20 has none of its own; miniflare, which comes with wrangler, brings one.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { WebSocket } = createRequire(fromWrangler.resolve("miniflare"))("ws");

const CALLS = 6_000;

export async function profile() {
  const worker = await startWorker(variants.this, { inspectorPort: 0, settings: { minify: false } });
  const clients = createClients(worker.origin);
  for (const client of clients) await client.visit("/resource?work=write&value=dark");
  const visit = (client) => client.send("/resource?work=untouched");
  await run(clients, CALLS / 2, visit);

  const inspector = await connect(await worker.miniflare.getInspectorURL());
  await inspector.send("Profiler.enable");
  await inspector.send("Profiler.setSamplingInterval", { interval: 100 });
  await inspector.send("Profiler.start");
  await run(clients, CALLS, visit);
  const { profile } = await inspector.send("Profiler.stop");
  inspector.close();
  for (const client of clients) client.close();
  await worker.stop();

  const fileOf = createFileFinder(worker.script);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** The file whose code runs; for what is built into workerd, the file that called it. */
  const placeOf = (id) => {
    const { functionName, url, lineNumber } = nodes.get(id).callFrame;
    if (functionName === "(garbage collector)" || functionName === "(program)") return functionName;
    if (url && lineNumber >= 0) return fileOf(lineNumber);
    return parents.has(id) ? placeOf(parents.get(id)) : functionName;
  };
  const times = new Map();
  for (const [index, id] of profile.samples.entries()) {
    if (nodes.get(id).callFrame.functionName === "(idle)") continue;
    const place = placeOf(id);
    times.set(place, (times.get(place) ?? 0) + profile.timeDeltas[index]);
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const top = [...times].sort((a, b) => b[1] - a[1]).filter(([, time]) => time / total > 0.005);
  console.log(`${(total / CALLS).toFixed(0)} microseconds a request.\n`);
  console.log(
    table([
      ["where", "microseconds a request", "share"],
      ...top.map(([place, time]) => [place, (time / CALLS).toFixed(1), `${((100 * time) / total).toFixed(1)} %`]),
    ]),
  );
}

/** esbuild writes the name of each file above what it has taken from it. */
function createFileFinder(script) {
  const marks = script.split("\n").flatMap((text, line) => {
    const [, file] = /^\s*\/\/ (\S+\.[cm]?[jt]sx?)$/.exec(text) ?? [];
    return file ? [{ line, file: file.replace(/^.*node_modules\/((?:@[^/]+\/)?[^/]+).*$/, "$1") }] : [];
  });
  return (line) => marks.findLast((mark) => mark.line <= line)?.file ?? "the bundle";
}

/** The devtools protocol, as far as a profile needs it. */
async function connect(url) {
  const list = await (await fetch(new URL("/json", `http://${url.host}`))).json();
  const socket = new WebSocket(list[0].webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  let count = 0;
  return {
    send: (method, params = {}) =>
      new Promise((resolve) => {
        const id = ++count;
        const onMessage = (data) => {
          const message = JSON.parse(data);
          if (message.id !== id) return;
          socket.off("message", onMessage);
          resolve(message.result);
        };
        socket.on("message", onMessage);
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}
