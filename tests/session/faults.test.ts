/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * Every answer is true, even if a call to a store fails or an answer is lost (8.7). A failure prints the fewest requests
 * that break a rule, the events, and the command that plays it again. proof/explore tries more.
 */
import { env as testEnv } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ALL, type Kind, migrate } from "./harness";
import { defects } from "./races/faults/defects";
import { type FaultPlan, faultPlans } from "./races/faults/plan";
import { brokenByFault } from "./races/faults/player";
import type { Defect } from "./races/faults/world";

beforeAll(migrate);

/** proof/explore/explore.js sets these. */
const { RACE_RUNS, RACE_SEED, RACE_PATH, RACE_STORE } = testEnv as unknown as Record<string, string | undefined>;
/** They take some 15 seconds together on a quiet machine. */
const RUNS: Record<Kind, number> = { cookie: 200, kv: 100, d1: 100, "durable-object": 75 };
/** A day, because the number of runs ends a test here. */
const timeout = 86_400_000;

class BrokenRule extends Error {}

type Settled = fc.RunDetails<[FaultPlan]>;

function explore(kind: Kind, settings: fc.Parameters<[FaultPlan]>, defect?: Defect): Promise<Settled> {
  const property = fc.asyncProperty(faultPlans(kind), async (plan) => {
    const broken = await brokenByFault(kind, plan, defect);
    if (broken.length > 0) throw new BrokenRule(broken.join("\n"));
  });
  return Promise.resolve(fc.check(property, settings));
}

function report(kind: Kind, { numRuns, numShrinks, seed, counterexamplePath, counterexample, errorInstance }: Settled) {
  return [
    `After ${numRuns} runs and ${numShrinks} shrinks. To play it again:`,
    `npm run explore --prefix proof -- 1 --of faults --store ${kind} --seed ${seed} --path ${counterexamplePath}`,
    JSON.stringify(counterexample?.[0]),
    errorInstance instanceof BrokenRule ? errorInstance.message : (errorInstance as Error | null)?.stack,
  ].join("\n");
}

describe.each(ALL.filter((kind) => !RACE_STORE || kind === RACE_STORE))("with %s", (kind) => {
  test("8.7 every answer is true, even if a call fails or an answer is lost", { timeout }, async () => {
    const result = await explore(kind, {
      numRuns: Number(RACE_RUNS ?? RUNS[kind]),
      // `npm test` always tries the same plans. fast-check's own seed may be negative, which a command line takes for
      // an option.
      seed: Number(RACE_SEED ?? (RACE_RUNS ? Math.floor(Math.random() * 2 ** 31) : 1)),
      ...(RACE_PATH && { path: RACE_PATH }),
    });
    if (result.failed) expect.fail(report(kind, result));
  });

  // These run only in a longer exploration, since they test the explorer and not the stores.
  const known = RACE_RUNS && !RACE_PATH ? defects.filter(({ kinds }) => kinds.includes(kind)) : [];
  for (const one of known) {
    test(`8.7 the explorer finds the defect: ${one.does}`, { timeout }, async () => {
      const { numRuns, errorInstance } = await explore(kind, { numRuns: 3000, endOnFailure: true, seed: 1 }, one);
      expect(errorInstance).toBeInstanceOf(BrokenRule);
      console.log(`${kind}: found after ${numRuns} runs: ${one.does}`);
    });
  }
});
