/** What the home page claims in figures. scripts/figures.test.js fails if one of them and its source disagree. */
export const figures = {
  /** At least, of those that are written down; many run several times. */
  tests: 600,
  /** Gzipped, with the cookie store: docs/performance.md. */
  kilobytes: 9.6,
  /** Microseconds of CPU time that a read adds to a page: docs/performance.md. */
  read: { this: 81, remix: 55 },
  stores: ["a cookie", "KV", "D1", "Durable Objects"],
};
