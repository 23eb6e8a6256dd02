/** A WebKitGTK, driven over WebDriver with `fetch` alone. It cannot tell what a page writes to its console. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import timers from "node:timers/promises";
import { freePort } from "../free-port";
import { findWebKitDriver, findXvfb } from "./find";

/** A tab of any browser, with the little that the journeys need. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<Given, Result>(run: (given: Given) => Result, given?: Given): Promise<Awaited<Result>>;
  waitForFunction(test: () => unknown): Promise<unknown>;
  press(key: "Enter"): Promise<void>;
  type(text: string): Promise<void>;
  countCookies(): Promise<number>;
}

/** What the journeys vary. */
export interface TabOptions {
  javaScriptEnabled?: boolean;
  blocksCookies?: boolean;
}

const ENTER = "\uE007";

/** Starts a WebKit with a profile of its own, and returns its tab. `close` ends it, with everything that it needed. */
export async function openWebKit({
  javaScriptEnabled = true,
  blocksCookies = false,
}: TabOptions): Promise<Tab & { close: () => Promise<void> }> {
  const started: ChildProcess[] = [];
  const close = async () => {
    for (const child of started.reverse()) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
  };
  try {
    const display = process.env.DISPLAY ?? (await startDisplay());
    const port = await freePort();
    started.push(
      spawn(findWebKitDriver(), [`--port=${port}`], {
        stdio: "ignore",
        env: { ...process.env, DISPLAY: display, LANG: "C.UTF-8" },
      }),
    );
    const call = commandsOf(`http://127.0.0.1:${port}`);
    await until(() => call("GET", "/status").then(({ ready }) => ready));
    const args = [
      "--automation",
      ...(javaScriptEnabled ? [] : ["--enable-javascript=false"]),
      ...(blocksCookies ? ["--cookies-policy=never"] : []),
    ];
    const { sessionId } = await call("POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { args } } },
    });
    const tab = tabOf((method, path, body) => call(method, `/session/${sessionId}${path}`, body));
    return {
      ...tab,
      async close() {
        await call("DELETE", `/session/${sessionId}`).catch(() => {});
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }

  /** Xvfb chooses a free display, and writes its number. */
  async function startDisplay(): Promise<string> {
    const child = spawn(findXvfb(), ["-displayfd", "1", "-screen", "0", "1280x900x24"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    started.push(child);
    const [number] = await once(child.stdout, "data");
    return `:${String(number).trim()}`;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the value depends on the command
type Call = (method: "GET" | "POST" | "DELETE", path: string, body?: object) => Promise<any>;

function commandsOf(address: string): Call {
  return async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } };
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
}

function tabOf(call: Call): Tab {
  const evaluate: Tab["evaluate"] = (run, given) =>
    call("POST", "/execute/sync", { script: `return (${run})(...arguments)`, args: [given ?? null] });
  const type = async (text: string) => {
    const actions = [...text].flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    await call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  };
  return {
    goto: (url) => call("POST", "/url", { url }),
    reload: () => call("POST", "/refresh"),
    evaluate,
    // While a page is replaced by the next, there is none.
    waitForFunction: (test) => until(() => evaluate(test).catch(() => false)),
    press: () => type(ENTER),
    type,
    countCookies: async () => (await call("GET", "/cookie")).length,
  };
}

/** Asks until the answer is yes. For a test, whose own time limit ends it. */
async function until(ask: () => Promise<unknown>): Promise<void> {
  while (!(await ask().catch(() => false))) await timers.setTimeout(50);
}
