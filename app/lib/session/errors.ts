/** The errors of the session, told apart by `code`. */

export type SessionErrorCode =
  /** A value that would not come back from storage as it went in (rule 4.2). */
  | "not-storable"
  /** More than a cookie holds (rule 4.3). */
  | "too-large"
  /** A write after the response was sent (rule 4.4). */
  | "closed";

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
