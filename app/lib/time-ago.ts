const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Returns "2 minutes ago", "yesterday" or "just now". Both are seconds since 1970. */
export function timeAgo(then: number, now: number): string {
  return inWords(Math.min(0, then - now), Math.ceil) ?? "just now";
}

/** Returns "in 2 minutes", "tomorrow" or "now". Both are seconds since 1970. */
export function timeUntil(then: number, now: number): string {
  return inWords(Math.max(0, then - now), Math.round) ?? "now";
}

/** In the largest unit that gives at least one. Returns nothing for less than a minute. */
function inWords(seconds: number, round: (units: number) => number): string | undefined {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, length] of units) {
    const units = round(seconds / length);
    if (Math.abs(units) >= 1) return words.format(units, unit);
  }
  return undefined;
}
