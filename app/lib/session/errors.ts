/** The errors of the session, told apart by `code`. */

export type SessionErrorCode =
  /** A value that would not come back from storage as it went in (rule 4.2). */
  | "not-storable"
  /** More than the store holds (rule 4.3). */
  | "too-large"
  /** A write after the response was sent (rule 4.4). */
  | "closed"
  /** The store does not answer, or not with what was put into it (rule 4.6). */
  | "store-error"
  /** The session was ended, elsewhere, while this request ran (rule 6.2). */
  | "gone";

export class SessionError extends Error {
  override name = "SessionError";

  constructor(
    readonly code: SessionErrorCode,
    message: string,
    /** What may be logged beside the code: names and numbers, never values. */
    readonly details: Record<string, string | number | string[]> = {},
  ) {
    super(message);
  }
}

/** Says by how much, and which keys to look at first. */
export function tooLarge(what: string, bytes: number, limit: number, data: object): SessionError {
  const largestKeys = Object.entries(data)
    .map(([key, value]) => ({ key, bytes: new TextEncoder().encode(JSON.stringify(value)).length }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ key, bytes }) => `${key} (${bytes} bytes)`);
  return new SessionError(
    "too-large",
    `The session's ${what} is ${bytes - limit} bytes over the ${limit} that are kept. Largest: ` +
      `${largestKeys.join(", ")}. Store less, or use a store that holds more.`,
    { excess: bytes - limit, largestKeys },
  );
}

/** For what would begin a new session in place of one that may be alive, and whose data would be lost. */
export const unread = () => new SessionError("store-error", "The session could not be read, so it is not replaced.");
