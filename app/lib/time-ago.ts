const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "2 minutes ago", "yesterday", "just now": how long before `now` it was. Both are seconds since 1970. */
export function timeAgo(then: number, now: number): string {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, seconds] of units) {
    if (now - then >= seconds) return words.format(-Math.floor((now - then) / seconds), unit);
  }
  return "just now";
}
