/** A proxy in front of a server: what answers at its address can change while a page is open, or break off. */
import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** Asks for each path who answers: an origin, or nobody, and then the connection breaks off. */
export async function startFront(whoAnswers: (path: string) => string | undefined) {
  const front = createServer((request, response) => {
    const { url = "/", method, headers } = request;
    const origin = whoAnswers(url);
    if (!origin) {
      response.destroy();
      return;
    }
    const forwarded = send(new URL(url, origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  }).listen(0);
  await once(front, "listening");
  return {
    origin: `http://localhost:${(front.address() as AddressInfo).port}`,
    stop() {
      front.closeAllConnections();
      front.close();
    },
  };
}
