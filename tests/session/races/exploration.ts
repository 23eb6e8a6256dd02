/** What the two explorations share: how many runs, which seed, what a failure prints, and the defects that must be found. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** proof/explore/explore.js sets these. */
const { RACE_RUNS, RACE_SEED, RACE_PATH, RACE_STORE } = env as unknown as Record<string, string | undefined>;
/** A day, because the number of runs ends a test here. */
const timeout = 86_400_000;

export class BrokenRule extends Error {}

export interface Exploration<Kind extends string, Given extends unknown[], Defect> {
  /** Its name for `npm run explore`. */
  of: "orders" | "faults";
  rule: string;
  promise: string;
  /** How many runs each store gets without RACE_RUNS. */
  runs: Partial<Record<Kind, number>>;
  /** Throws BrokenRule for a plan that breaks a rule. */
  propertyOf: (kind: Kind, defect?: Defect) => fc.IAsyncProperty<Given>;
  defects: (Defect & { does: string; kinds: readonly Kind[] })[];
}

export function testExploration<Kind extends string, Given extends unknown[], Defect>(
  exploration: Exploration<Kind, Given, Defect>,
): void {
  const { of, rule, promise, runs, propertyOf, defects } = exploration;
  const kinds = (Object.keys(runs) as Kind[]).filter((kind) => !RACE_STORE || kind === RACE_STORE);

  describe.each(kinds)("with %s", (kind) => {
    test(`${rule} ${promise}`, { timeout }, async () => {
      const result = await fc.check(propertyOf(kind), {
        numRuns: Number(RACE_RUNS ?? runs[kind]),
        // `npm test` always tries the same plans, because a test that fails now and then is no gate. fast-check's own
        // seed may be negative, which a command line takes for an option.
        seed: Number(RACE_SEED ?? (RACE_RUNS ? Math.floor(Math.random() * 2 ** 31) : 1)),
        ...(RACE_PATH && { path: RACE_PATH }),
      });
      if (result.failed) expect.fail(report(of, kind, result));
    });

    // These run only in a longer exploration, since they test the explorer and not the stores.
    const known = RACE_RUNS && !RACE_PATH ? defects.filter((defect) => defect.kinds.includes(kind)) : [];
    for (const one of known) {
      test(`${rule} the explorer finds the defect: ${one.does}`, { timeout }, async () => {
        const found = await fc.check(propertyOf(kind, one), { numRuns: 3000, endOnFailure: true, seed: 1 });
        expect(found.errorInstance).toBeInstanceOf(BrokenRule);
        console.log(`${kind}: found after ${found.numRuns} runs: ${one.does}`);
      });
    }
  });
}

function report<Given>(of: string, kind: string, details: fc.RunDetails<Given>): string {
  const { numRuns, numShrinks, seed, counterexamplePath, counterexample, errorInstance } = details;
  return [
    `After ${numRuns} runs and ${numShrinks} shrinks. To play it again:`,
    `npm run explore --prefix proof -- 1 --of ${of} --store ${kind} --seed ${seed} --path ${counterexamplePath}`,
    JSON.stringify((counterexample as unknown[] | null)?.[0]),
    errorInstance instanceof BrokenRule ? errorInstance.message : (errorInstance as Error | null)?.stack,
  ].join("\n");
}
