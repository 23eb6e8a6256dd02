/** Arranges the inspector's responses by what the visitor did. */
import type { InspectedResponse } from "./inspector";

export interface Visit {
  id: string;
  /** What the visitor did: "You sent the form". */
  title: string;
  /** Milliseconds since 1970, of its newest response. */
  at: number;
  /** In the order of the requests: a write and the page that came of it, or a page that was opened. */
  responses: InspectedResponse[];
  /** Nothing was written, and nothing has changed. */
  isRead: boolean;
}

/** How long a page can take to be asked for, after the redirect to it. In milliseconds. */
export const PATIENCE = 10_000;

const titles: Record<string, string> = {
  "/theme-toggle": "You chose a theme",
  "/form-flash": "You sent the form",
  "/account": "You used your account",
  "/account/note": "You sent your note",
};

/** Takes the responses newest first, and returns visits newest first. */
export function visitsOf(newestFirst: InspectedResponse[]): Visit[] {
  const visits: InspectedResponse[][] = [];
  for (const response of [...newestFirst].reverse()) {
    const current = visits.at(-1);
    if (current && follows(response, current)) current.push(response);
    else visits.push([response]);
  }
  return visits.reverse().map((responses) => {
    const [first] = responses as [InspectedResponse];
    return {
      id: first.id,
      title: titleOf(first),
      at: responses.at(-1)?.at ?? first.at,
      responses,
      isRead: !isWrite(first) && responses.every(({ outcome }) => ["read", "untouched"].includes(outcome.did)),
    };
  });
}

/** Puts visits that only read, one after the other, into one list. */
export function foldReads(visits: Visit[]): (Visit | Visit[])[] {
  const folded: (Visit | Visit[])[] = [];
  for (const visit of visits) {
    const last = folded.at(-1);
    if (!visit.isRead) folded.push(visit);
    else if (Array.isArray(last)) last.push(visit);
    else folded.push([visit]);
  }
  return folded;
}

/** The address of the page, also for the data of it that a script has asked for. */
export function pageOf(path: string): string {
  return path.replace(/(^\/_root)?\.data$/, "") || "/";
}

/** Where a redirect leads, without the query. */
export function redirectOf({ headers }: InspectedResponse): string | undefined {
  const [, location] = headers.find(([name]) => name === "Location") ?? [];
  return location?.replace(/[?#].*/, "");
}

export const isWrite = ({ method }: InspectedResponse) => method !== "GET" && method !== "HEAD";

/** Whether the response is to the page that the last redirect of this visit leads to. */
function follows(response: InspectedResponse, visit: InspectedResponse[]): boolean {
  const last = visit.at(-1);
  if (!last || isWrite(response) || response.at - last.at > PATIENCE) return false;
  return redirectOf(last) === pageOf(response.path);
}

function titleOf(response: InspectedResponse): string {
  const page = pageOf(response.path);
  if (!isWrite(response)) return `You opened ${page}`;
  if (response.outcome.did === "refused") return "Another site sent a request";
  if (response.calls.some((call) => call.startsWith("destroy"))) return "You signed out";
  if (response.calls.some((call) => call.startsWith("regenerate"))) return "You signed in";
  return titles[page] ?? `You sent a form to ${page}`;
}
