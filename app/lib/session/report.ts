/** What handleFetch did, for a metric or an inspector. */
import type { Commit } from "./commit";
import type { HandleFetchOptions } from "./handle-fetch";
import { guarded } from "./log";
import type { AnySuperflareSession } from "./session";

export interface CommitReport extends Omit<Commit, "cookie"> {
  session: AnySuperflareSession;
  /** These are milliseconds since 1970: the session was open, the handler had answered, the commit was over. */
  openedAt: number;
  closedAt: number;
  committedAt: number;
}

/** Reports the request and returns the response. It does not wait for a report that takes its time. */
export function reported(
  { config, session, report }: HandleFetchOptions,
  { change, result, error }: Commit,
  response: Response,
  [openedAt, closedAt]: [number, number],
): Response {
  const facts = { change, result, error, session, openedAt, closedAt, committedAt: Date.now() };
  guarded(config, "report", () => report?.(facts, response));
  return response;
}
