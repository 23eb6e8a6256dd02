/** What a developer waits for, from a warm install: the page, an edit, a test, all tests. Takes 20 minutes. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { makeCleanCopy, setFreePorts } from "../scripts/clean-copy.js";
import { median, table } from "./statistics.js";

const RUNS = 3;
const EDITS = 3;
const commands = ["npx vitest run app/lib/shorten.test.ts", "npm run spec -- code", "npm test"];

export async function loop() {
  const [first, edit] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const { folder, remove } = makeCleanCopy();
    setFreePorts(folder);
    const start = performance.now();
    const dev = spawn("npm", ["run", "dev"], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, NODE_ENV: undefined, NO_COLOR: "1", FORCE_COLOR: "0", WRANGLER_SEND_METRICS: "false" },
    });
    let output = "";
    dev.stdout.on("data", (chunk) => (output += chunk));
    const origin = await until(() => /Ready on (http:\/\/\S+)/.exec(output)?.[1]);
    await until(async () => (await read(origin)).includes("<html"));
    first.push(performance.now() - start);

    const route = join(folder, "app/routes/_index.tsx");
    const source = readFileSync(route, "utf8");
    for (let count = 0; count < EDITS; count++) {
      const title = `Edited ${count}`;
      const edited = performance.now();
      writeFileSync(route, source.replace(/title="[^"]+"/, `title="${title}"`));
      await until(async () => (await read(origin)).includes(title));
      edit.push(performance.now() - edited);
    }
    const ended = once(dev, "close");
    process.kill(-dev.pid, "SIGINT");
    await ended;
    remove();
  }
  const rows = [
    ["`npm run dev` until the first page", median(first)],
    ["an edit until it is served", median(edit)],
  ];
  for (const command of commands) rows.push([`\`${command}\``, timeOf(command)]);
  // The two halves of `npm run test:all`.
  const both = (rows.at(-1)?.[1] ?? 0) + timeOf("npm run test:rest");
  rows.push(["`npm run test:all`", both]);
  console.log(table([["what", "seconds"], ...rows.map(([what, time]) => [what, (time / 1000).toFixed(1)])]));
}

async function until(probe) {
  for (let tries = 0; tries < 3_000; tries++) {
    const value = await probe();
    if (value) return value;
    await wait(20);
  }
  throw new Error("It did not come to this within a minute.");
}

const read = (origin) =>
  fetch(origin).then(
    (response) => response.text(),
    () => "",
  );

function timeOf(command) {
  console.log(command);
  const start = performance.now();
  const { status, stdout } = spawnSync(command, { shell: true, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}`);
  return performance.now() - start;
}
