/**
 * For `wrangler dev`. workerd closes a connection whose request has a body that nobody read, such as that of a
 * refused form. wrangler's proxy sends the next request there all the same: then it says "Your worker restarted mid-request",
 * hangs, or ends. wrangler's own cure is left out by `no_bundle`, which Cloudflare's Vite plugin sets as well, and overlooks a
 * body of which a part was read.
 */

/** Bytes. Cloudflare takes no more either, and an upload without an end must be answered as well. */
const MAX_SIZE = 100_000_000;
/** Milliseconds. So must one that stops. */
const PATIENCE = 5_000;

/**
 * Reads the rest of the request's body, on this machine alone. Deployed, a refused upload must cost nobody anything. Not if the
 * response sends the visitor's own body back.
 */
export async function drainOnThisMachine({ url, body }: Request, response?: Response): Promise<void> {
  const isThisMachine = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url);
  if (!isThisMachine || !body || body.locked || body === response?.body) return;
  const reader = body.getReader();
  const timer = setTimeout(() => reader.cancel().catch(() => undefined), PATIENCE);
  let size = 0;
  try {
    for (let read = await reader.read(); !read.done && size < MAX_SIZE; read = await reader.read())
      size += read.value.byteLength;
  } catch {
    // The visitor has left.
  } finally {
    clearTimeout(timer);
  }
}
