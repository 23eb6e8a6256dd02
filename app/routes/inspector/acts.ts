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
  kind: Kind;
}

/** `read`: the visitor sent nothing, and nothing changed. `problem`: a request was refused, or failed. */
export type Kind = "read" | "write" | "problem";

/** How long after a redirect the browser may ask for its page. In milliseconds. */
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
    const kind = kindOf(chain);
    const last = acts.at(-1);
    if (kind === "read" && last?.kind === "read") {
      last.responses.push(...chain);
      last.endedAt = endedAt;
      last.title = `${last.responses.length} reads`;
    } else {
      acts.push({ title: titleOf(chain[0]), startedAt, endedAt, responses: chain, kind });
    }
  }
  return acts.reverse();
}

function kindOf(chain: [InspectedResponse, ...InspectedResponse[]]): Kind {
  if (chain.some(({ did, status }) => did === "failed" || status >= 400)) return "problem";
  return isWrite(chain[0]) || chain.some(({ did }) => did !== "read" && did !== "untouched") ? "write" : "read";
}

const isWrite = ({ method }: Pick<InspectedResponse, "method">) => method !== "GET" && method !== "HEAD";

/** Whether the response is to the page that the last redirect leads to. */
function follows(response: InspectedResponse, chain: InspectedResponse[]): boolean {
  const last = chain.at(-1);
  if (!last || isWrite(response) || response.at - last.at > PATIENCE) return false;
  return last.redirectsTo === pageOf(response.path);
}

/** The address of the page, also for its data that a script has asked for. */
const pageOf = (path: string) => path.replace(/(^\/_root)?\.data$/, "") || "/";

/** Names the outcome: an attempt that failed is not called done. */
function titleOf({ method, path, status, did, calls }: InspectedResponse): string {
  const page = pageOf(path);
  if (did === "refused") return "Another site sent a request";
  if (!isWrite({ method })) return `You opened ${page}`;
  const isSignIn = calls.includes('set("user")') && status < 400;
  // The session has ended, even if the response is an error.
  if (did === "destroyed" && !isSignIn) return "You signed out";
  if (status === 429) return `Too many attempts on ${page}`;
  const problem = did === "failed" ? "was not saved" : status >= 500 ? "failed" : "was refused";
  if (status >= 400) return `Your form to ${page} ${problem}`;
  if (isSignIn && (did === "regenerated" || did === "destroyed")) return "You signed in";
  if (calls.includes("revoke()")) return "You asked to sign out devices";
  if (did === "regenerated") return "Your session got a new id";
  const demonstration = demonstrations.find(({ path }) => `${page}/`.startsWith(`${path}/`));
  return demonstration?.did ?? `You sent a form to ${page}`;
}
