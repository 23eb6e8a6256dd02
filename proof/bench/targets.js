/** What the cookie store is to cost, and whether it does: judged by the intervals, so that noise decides nothing. */
import { format, interval } from "./statistics.js";

/** How many times the cost of Remix's signed cookie each kind of work may have. */
const LIMITS = { untouched: 1, read: 1, write: 1.1, "flash and show": 1.1 };
/** To be ahead of on every row. */
const PEERS = ["superflare", "iron-session"];

/**
 * `costs` has what each variant takes beyond no sessions, in each turn of fresh processes. The limits are compared
 * within each turn, so that what slows a whole turn down cancels out.
 */
export function judge(work, costs) {
  if (!costs.this) return "";
  const beyond = (limit) => interval(costs.this.map((cost, turn) => cost - limit(turn)));
  const verdicts = [];
  if (work === "anonymous") verdicts.push(verdictOnNothing(beyond(() => 0)));
  else if (costs.remix)
    verdicts.push(
      verdict(
        beyond((turn) => LIMITS[work] * costs.remix[turn]),
        "Remix",
      ),
    );
  for (const peer of PEERS)
    if (costs[peer])
      verdicts.push(
        verdict(
          beyond((turn) => costs[peer][turn]),
          peer,
        ),
      );
  const open = verdicts.filter((text) => text !== "holds");
  return open.join("; ") || (verdicts[0] ?? "");
}

/** Of what a figure is beyond its limit. */
export function verdict({ mean, margin, low, high }, limit, digits = 0) {
  if (high <= 0) return "holds";
  if (low > 0) return `misses ${limit} by ${mean.toFixed(digits)} ±${margin.toFixed(digits)}`;
  return `${limit}: within noise`;
}

/** Nothing is to be found, which says little if little could be: so it comes with what could have been found. */
function verdictOnNothing(beyond) {
  return beyond.low > 0 ? verdict(beyond, "no sessions") : `none found (${format(beyond)})`;
}
