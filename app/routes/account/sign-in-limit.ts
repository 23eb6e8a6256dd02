/**
 * A limit for attempts to sign in, with Workers' rate limiting binding: ten a minute for each name. Counted by the name
 * that is tried, because whoever guesses passwords has many addresses. Each Cloudflare location counts for itself, so nobody
 * can lock out a user who is elsewhere, and nobody gets an exact limit.
 * To lift: copy the file, and the `ratelimits` lines of wrangler.toml. Without the binding there is no limit.
 */

/** The part of the RateLimit binding that is used. */
export interface AttemptLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** Whether this attempt may be made. Counts it. Never throws: a limit that fails must not lock everybody out. */
export async function mayTry(limit: AttemptLimit | undefined, name: string): Promise<boolean> {
  if (!limit) return true;
  try {
    return (await limit.limit({ key: `sign-in ${name.normalize("NFKC").trim().toLowerCase()}` })).success;
  } catch (error) {
    console.error(error);
    return true;
  }
}
