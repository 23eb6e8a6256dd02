/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * Every answer is true, even if a call to a store fails or an answer is lost (8.7). A failure prints the fewest requests
 * that break a rule, the events, and the command that plays it again. proof/explore tries more.
 */
import fc from "fast-check";
import { beforeAll } from "vitest";
import { migrate } from "./harness";
import { BrokenRule, testExploration } from "./races/exploration";
import { defects } from "./races/faults/defects";
import { faultPlans } from "./races/faults/plan";
import { brokenByFault } from "./races/faults/player";

beforeAll(migrate);

testExploration({
  of: "faults",
  rule: "8.7",
  promise: "every answer is true, even if a call fails or an answer is lost",
  // They take some 15 seconds together on a quiet machine.
  runs: { cookie: 200, kv: 100, d1: 100, "durable-object": 75 },
  propertyOf: (kind, defect) =>
    fc.asyncProperty(faultPlans(kind), async (plan) => {
      const broken = await brokenByFault(kind, plan, defect);
      if (broken.length > 0) throw new BrokenRule(broken.join("\n"));
    }),
  defects,
});
