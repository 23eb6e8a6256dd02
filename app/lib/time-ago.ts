const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "2 minutes ago", "yesterday", "just now": how long before `now` it was. Both are seconds since 1970. */
export function timeAgo(then: number, now: number): string {
  return inWords(Math.min(0, then - now)) ?? "just now";
}

/** "in 2 minutes", "tomorrow", "now": how long after `now` it will be. */
export function timeUntil(then: number, now: number): string {
  return inWords(Math.max(0, then - now)) ?? "now";
}

/** Rounded down to whole units; nothing for less than a minute. */
function inWords(seconds: number): string | undefined {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return undefined;
}
