/** Where the CPU time of an untouched request with a cookie goes: workerd's own profiler, over its inspector. */
import { createClients, run } from "./load.js";
import { table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

const CALLS = 6_000;

export async function profile() {
  const worker = await startWorker(variants["this, cookie"], { inspectorPort: 0 }, { minify: false });
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

  const own = new Map();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  for (const [index, id] of profile.samples.entries()) {
    const { functionName, lineNumber } = nodes.get(id).callFrame;
    const name = functionName || `(anonymous, line ${lineNumber})`;
    own.set(name, (own.get(name) ?? 0) + profile.timeDeltas[index]);
  }
  const busy = [...own].filter(([name]) => name !== "(idle)" && name !== "(root)");
  const total = busy.reduce((sum, [, time]) => sum + time, 0);
  const top = busy.sort((a, b) => b[1] - a[1]).slice(0, 25);
  console.log(`${(total / CALLS).toFixed(0)} microseconds a request, in JavaScript and below it`);
  console.log(
    table([["function", "share"], ...top.map(([name, time]) => [name, `${((100 * time) / total).toFixed(1)} %`])]),
  );
}

/** The devtools protocol, as far as a profile needs it. */
async function connect(url) {
  const { WebSocket } = await import("ws");
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
