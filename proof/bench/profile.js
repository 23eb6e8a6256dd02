/**
 * Where the CPU time of a request goes, by workerd's own profiler, over its inspector. Default: an untouched session with
 * a cookie; `npm run bench -- profile --work write --page query` and the like profile another path.
 */
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { createClients, run } from "./load.js";
import { table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";
import { createKnownClients, WORKS } from "./works.js";

// Node 20 has none of its own; miniflare, which comes with wrangler, brings one.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { WebSocket } = createRequire(fromWrangler.resolve("miniflare"))("ws");

const CALLS = 6_000;
const OURS = "app/lib/session/";

export async function profile(args) {
  const { values } = parseArgs({
    args,
    options: {
      work: { type: "string", default: "untouched" },
      page: { type: "string", default: "resource" },
      variant: { type: "string", default: "this" },
    },
  });
  const worker = await startWorker(variants[values.variant], {
    hasQuery: values.page === "query",
    inspectorPort: 0,
    settings: { minify: false },
  });
  const { isKnown, call } = WORKS[values.work];
  const clients = isKnown ? await createKnownClients(worker) : createClients(worker.origin);
  const visit = (client) => call(client, `/${values.page}`);
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
  /** The file whose code runs, and its function; for what is built into workerd, those that called it. */
  const placeOf = (id) => {
    const { functionName, url, lineNumber } = nodes.get(id).callFrame;
    if (functionName === "(garbage collector)" || functionName === "(program)") return { file: functionName };
    if (url && lineNumber >= 0) return { file: fileOf(lineNumber), functionName: functionName || "(anonymous)" };
    return parents.has(id) ? placeOf(parents.get(id)) : { file: functionName };
  };
  const files = new Map();
  const functions = new Map();
  const add = (times, place, time) => times.set(place, (times.get(place) ?? 0) + time);
  for (const [index, id] of profile.samples.entries()) {
    if (nodes.get(id).callFrame.functionName === "(idle)") continue;
    const { file, functionName } = placeOf(id);
    add(files, file, profile.timeDeltas[index]);
    if (file.startsWith(OURS)) add(functions, `${file.slice(OURS.length)} ${functionName}`, profile.timeDeltas[index]);
  }
  const total = [...files.values()].reduce((sum, time) => sum + time, 0);
  const ours = [...functions.values()].reduce((sum, time) => sum + time, 0);
  const show = (title, times) =>
    table([
      [title, "microseconds a call", "share"],
      ...[...times]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 20)
        .map(([place, time]) => [place, (time / CALLS).toFixed(1), `${((100 * time) / total).toFixed(1)} %`]),
    ]);
  console.log(`${(total / CALLS).toFixed(0)} microseconds a call, ${(ours / CALLS).toFixed(0)} of them in ${OURS}.\n`);
  console.log(show("where", files));
  if (functions.size > 0) console.log(`\n${show(`function in ${OURS}`, functions)}`);
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
