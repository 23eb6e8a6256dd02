/** Ends the wait for a storage that hangs (rule 4.8). */

export const TIMEOUT = Symbol("timeout");

/** @throws TIMEOUT if `call` has not settled after this many milliseconds */
export async function inTime<T>(call: () => Promise<T>, milliseconds: number): Promise<T> {
  let timer!: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, milliseconds, TIMEOUT);
  });
  try {
    return await Promise.race([call(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
