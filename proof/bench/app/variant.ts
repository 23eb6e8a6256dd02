/** What a variant has to do: the same for all, each in its own documented way. */

/**
 * `untouched`: the session is at hand, as it is for any loader that may want it, and nothing is done with it. `read` takes
 * a value, `write` changes one, `flash` leaves a message and `show` takes it.
 */
export interface Work {
  name: "untouched" | "read" | "write" | "flash" | "show";
  value: string;
}

export type WorkResult = Promise<{ value: unknown; headers?: HeadersInit }> | { value: unknown; headers?: HeadersInit };

export const SECRET = "for the bench alone, and long enough";
