/** Arranges the inspector's responses by what the visitor did. */
import { demonstrations } from "~/demonstrations";
import type { InspectedResponse } from "./inspect";

export interface Act {
  /** "You sent the form" */
  title: string;
  /** Milliseconds since 1970, of its first and its last response. */
  startedAt: number;
  endedAt: number;
  /** In the order of the requests: a form and the page that came of it, or pages that were opened. */
  responses: InspectedResponse[];
  /** Nothing was sent, and nothing has changed. */
  isRead: boolean;
}

/** How long after a redirect its page may be asked for. In milliseconds. */
const PATIENCE = 10_000;

/** Takes the responses oldest first, and returns acts newest first. Reads in a row are one act. */
export function actsOf(responses: InspectedResponse[]): Act[] {
  const chains: [InspectedResponse, ...InspectedResponse[]][] = [];
  for (const response of responses) {
    const chain = chains.findLast((each) => follows(response, each));
    if (chain) chain.push(response);
    else chains.push([response]);
  }

  const acts: Act[] = [];
  for (const chain of chains) {
    const [{ at: startedAt }] = chain;
    const endedAt = chain.at(-1)?.at ?? startedAt;
    const isRead = !isWrite(chain[0]) && chain.every(({ did }) => did === "read" || did === "untouched");
    const last = acts.at(-1);
    if (isRead && last?.isRead) {
      last.responses.push(...chain);
      last.endedAt = endedAt;
      last.title = `${last.responses.length} reads`;
    } else {
      acts.push({ title: titleOf(chain[0]), startedAt, endedAt, responses: chain, isRead });
    }
  }
  return acts.reverse();
}

const isWrite = ({ method }: InspectedResponse) => method !== "GET" && method !== "HEAD";

/** Whether the response is to the page that the last redirect leads to. */
function follows(response: InspectedResponse, chain: InspectedResponse[]): boolean {
  const last = chain.at(-1);
  if (!last || isWrite(response) || response.at - last.at > PATIENCE) return false;
  return last.redirectsTo === pageOf(response.path);
}

/** The address of the page, also for its data that a script has asked for. */
const pageOf = (path: string) => path.replace(/(^\/_root)?\.data$/, "") || "/";

function titleOf(response: InspectedResponse): string {
  const page = pageOf(response.path);
  if (!isWrite(response)) return `You opened ${page}`;
  if (response.did === "refused") return "Another site sent a request";
  // The last one counts: a sign-in may end another user's session first, and to sign out a device may take a proof.
  const call = response.calls.findLast((each) => /^(destroy|regenerate|revoke)\(/.test(each)) ?? "";
  if (call.startsWith("destroy")) return "You signed out";
  if (call.startsWith("regenerate")) return "You signed in";
  if (call.startsWith("revoke")) return "You signed out other devices";
  const demonstration = demonstrations.find(({ path }) => `${page}/`.startsWith(`${path}/`));
  return demonstration?.did ?? `You sent a form to ${page}`;
}
