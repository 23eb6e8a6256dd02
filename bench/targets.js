/** What the cookie store is to cost, and whether it does: judged by the intervals, so that noise decides nothing. */
import { interval } from "./statistics.js";

/** How many times the cost of Remix's signed cookie each kind of work may have. */
const LIMITS = { untouched: 1, read: 1, write: 1.1, "flash and show": 1.1 };
const PEERS = ["superflare", "iron-session"];

/**
 * `costs` has for each variant what it takes beyond no sessions, one figure for each turn of fresh processes. The limits
 * are compared within each turn, so that what slows a whole turn down cancels out.
 */
export function judge(work, costs) {
  if (!costs.this) return "";
  const compare = (name, limit) => ({ name, ...interval(costs.this.map((cost, turn) => cost - limit(turn))) });
  const beyond = [];
  if (work === "anonymous") beyond.push(compare("no sessions", () => 0));
  else if (costs.remix) beyond.push(compare("Remix", (turn) => LIMITS[work] * costs.remix[turn]));
  for (const peer of PEERS) if (costs[peer]) beyond.push(compare(peer, (turn) => costs[peer][turn]));

  const missed = beyond.filter(({ low }) => low > 0);
  // An anonymous visitor's is to be no different from none, and within the noise is no different.
  const unclear = beyond.filter(({ name, low, high }) => low <= 0 && high > 0 && name !== "no sessions");
  const verdicts = [
    ...missed.map(({ name, mean, margin }) => `misses ${name} by ${mean.toFixed(0)} ±${margin.toFixed(0)}`),
    ...unclear.map(({ name }) => `${name} within noise`),
  ];
  return verdicts.join("; ") || (beyond.length > 0 ? "holds" : "");
}
