const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "2 minutes ago", "yesterday", "just now": how long before `now` it was. Both are seconds since 1970. */
export function timeAgo(then: number, now: number): string {
  return inWords(Math.min(0, then - now), Math.ceil) ?? "just now";
}

/** "in 2 minutes", "tomorrow", "now": how long after `now` it will be. */
export function timeUntil(then: number, now: number): string {
  return inWords(Math.max(0, then - now), Math.round) ?? "now";
}

/** In the largest unit of which there is one; nothing for less than a minute. */
function inWords(seconds: number, round: (units: number) => number): string | undefined {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, length] of units) {
    const units = round(seconds / length);
    if (Math.abs(units) >= 1) return words.format(units, unit);
  }
  return undefined;
}
