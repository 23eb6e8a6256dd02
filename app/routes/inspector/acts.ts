/** Arranges the inspector's responses by what the visitor did. */
import { demonstrations } from "~/demonstrations";
import { deviceTitles } from "./device";
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

/** `read`: the visitor sent nothing, and nothing changed, but a device may have proved itself. `problem`: a request was refused, or failed. */
export type Kind = "read" | "write" | "problem";

/** How long after a redirect the browser may ask for its page. In milliseconds. */
const PATIENCE = 10_000;

type Chain = [InspectedResponse, ...InspectedResponse[]];

/** Takes the responses oldest first, and returns acts newest first. Reads in a row are one act. */
export function actsOf(responses: InspectedResponse[]): Act[] {
  const chains: Chain[] = [];
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
      last.title = titleOfReads(last.responses) || last.title;
    } else {
      acts.push({ title: titleOf(chain), startedAt, endedAt, responses: chain, kind });
    }
  }
  return acts.reverse();
}

function kindOf(chain: Chain): Kind {
  if (chain.some((each) => each.did === "failed" || (each.status >= 400 && !isRefresh(each)))) return "problem";
  if (isWrite(chain[0]) && !isRefresh(chain[0])) return "write";
  return chain.some(({ did }) => did !== "read" && did !== "untouched") ? "write" : "read";
}

const isWrite = ({ method }: Pick<InspectedResponse, "method">) => method !== "GET" && method !== "HEAD";

/** The browser does it by itself, and it changes nothing. */
const isRefresh = ({ device }: InspectedResponse) => device === "asked" || device === "proved";

/** Whether the response is to the page that the last redirect leads to, or to the proof that a device was asked for. */
function follows(response: InspectedResponse, chain: InspectedResponse[]): boolean {
  const last = chain.at(-1);
  if (!last || response.at - last.at > PATIENCE) return false;
  if (last.device === "asked") return response.sent.some((header) => header.startsWith("Secure-Session-Response:"));
  if (isWrite(response) && (last.device !== "resent" || last.method !== response.method)) return false;
  return last.redirectsTo !== undefined && pageOf(last.redirectsTo) === pageOf(response.path);
}

/** The address of the page, also for its data that a script has asked for. */
const pageOf = (path: string) => path.replace(/(^\/_root)?\.data$/, "") || "/";

function titleOfReads(responses: InspectedResponse[]): string {
  const reads = responses.filter((each) => !isRefresh(each)).length;
  const proofs = responses.filter(({ device }) => device === "proved").length;
  const parts = [
    reads > 0 && (reads === 1 ? "1 read" : `${reads} reads`),
    proofs > 0 && (proofs === 1 ? "1 proof of this device" : `${proofs} proofs of this device`),
  ];
  return parts.filter(Boolean).join(", ");
}

/** Names the outcome: an attempt that failed is not called done. */
function titleOf(chain: Chain): string {
  const { method, path, status, did, calls } = chain.find(({ device }) => device !== "resent") ?? chain[0];
  const { device } = chain.at(-1) ?? chain[0];
  const page = pageOf(path);
  if (did === "refused") return "Another site sent a request";
  const ofDevice = device && deviceTitles[device];
  if (ofDevice) return ofDevice;
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
