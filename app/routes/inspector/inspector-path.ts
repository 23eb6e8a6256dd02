/**
 * The address of /inspector for sessions that may have ended, by the keys of their timelines (app/lib/inspector.ts). Nobody can
 * guess a key.
 */

const NAME = "timeline";
/** A visitor without a session gets a timeline with every form. */
const MAX = 30;

export function inspectorPath(timelines: string[], path = "/inspector"): string {
  return timelines.length > 0 ? `${path}?${NAME}=${timelines.slice(-MAX).join(",")}` : path;
}

/** Returns the keys in the address. */
export function inspectedTimelines({ url }: { url: string }): string[] {
  return (new URL(url).searchParams.get(NAME) ?? "").split(",").filter(Boolean).slice(-MAX);
}

/**
 * Notes the key, if there is one, for as long as this tab is open. Returns all that were noted, the last one last. In the
 * browser only.
 */
export function keepTimeline(key: string | undefined): string[] {
  const noted = (sessionStorage.getItem(NAME) ?? "").split(",").filter((each) => each !== key);
  const keys = [...noted, key].filter(Boolean).slice(-MAX) as string[];
  try {
    sessionStorage.setItem(NAME, keys.join(","));
  } catch {
    // It is full. The header, which is on the error page as well, must not fail for that.
  }
  return keys;
}
