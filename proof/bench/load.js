/** Requests over connections that are kept open, as many as asked for and no more. */
import { Agent, get } from "node:http";

const CONNECTIONS = 8;

/** A browser without a screen: one connection, and the cookie that it was given last. */
export function createClient(origin) {
  // workerd ends a connection that is idle for some seconds, perhaps just when it is used again; so this end is first.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, timeout: 1_000 });
  return {
    cookie: "",
    /** Resolves to the status, the body and whether a cookie came with it. Keeps the cookie. */
    async visit(path) {
      const answer = await this.send(path);
      if (answer.cookie !== undefined) this.cookie = answer.cookie;
      return answer;
    },
    /** The same, with the cookie as it is. */
    send(path) {
      return new Promise((resolve, reject) => {
        const headers = this.cookie ? { Cookie: this.cookie } : {};
        get(`${origin}${path}`, { agent, headers }, (response) => {
          const parts = [];
          response.on("data", (part) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            // An error may be quick; it must not look fast.
            if (response.statusCode !== 200) return reject(new Error(`${path} was answered ${response.statusCode}.`));
            const [line] = response.headers["set-cookie"] ?? [];
            const cookie = line?.includes("Max-Age=0") ? "" : line?.split(";")[0];
            resolve({ status: response.statusCode, body: Buffer.concat(parts).toString(), cookie });
          });
        }).on("error", reject);
      });
    },
    close: () => agent.destroy(),
  };
}

/** Has each client do its part of `count` calls, all clients at once. Returns the milliseconds of each call, sorted. */
export async function run(clients, count, call) {
  const times = [];
  let left = count;
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) {
        const start = performance.now();
        await call(client);
        times.push(performance.now() - start);
      }
    }),
  );
  return times.sort((a, b) => a - b);
}

export const createClients = (origin, count = CONNECTIONS) => Array.from({ length: count }, () => createClient(origin));
