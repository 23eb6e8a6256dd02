/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * The rules hold under every interleaving that a scheduler can make (8.6), on local workerd's real bindings. A failure
 * prints the fewest requests that break a rule, the order of events, and the command that plays it again. proof/explore
 * tries more.
 */
import fc from "fast-check";
import { beforeAll } from "vitest";
import { env, migrate } from "./harness";
import { defects, type KnownDefect } from "./races/defects";
import { BrokenRule, testExploration } from "./races/exploration";
import { Explorer } from "./races/explorer";
import { plans } from "./races/plan";
import { brokenRules } from "./races/rules";

beforeAll(migrate);

/** With a defect, only its known findings count. */
const NO_DEFECT: Pick<KnownDefect, "defect" | "found"> = { defect: {}, found: /./ };

testExploration({
  of: "orders",
  rule: "8.6",
  promise: "the rules hold in every order of a visitor's requests",
  runs: { d1: 300, "durable-object": 300, kv: 300 },
  propertyOf: (kind, known?: KnownDefect) => {
    const { defect, found } = known ?? NO_DEFECT;
    const explorer = new Explorer(kind, env, defect);
    return fc.asyncProperty(plans({ canRevoke: kind !== "kv" }), fc.scheduler(), async (plan, scheduler) => {
      const history = await explorer.run(plan, scheduler);
      const broken = brokenRules(history).filter((sentence) => found.test(sentence));
      if (broken.length > 0)
        throw new BrokenRule([...broken, ...history.events.map((event) => `  ${event}`)].join("\n"));
    });
  },
  defects,
});
