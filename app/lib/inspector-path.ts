/**
 * The address of /inspector for sessions that may have ended, by the keys of their timelines (app/lib/inspector.ts). Nobody can
 * guess a key.
 */

const NAME = "timeline";
const MAX = 5;

export function inspectorPath(timelines: string[], path = "/inspector"): string {
  return timelines.length > 0 ? `${path}?${NAME}=${timelines.slice(-MAX).join(",")}` : path;
}

/** Returns the keys in the address. */
export function inspectedTimelines({ url }: { url: string }): string[] {
  return (new URL(url).searchParams.get(NAME) ?? "").split(",").filter(Boolean).slice(-MAX);
}
