/**
 * Prints `N passed, N failed` from the reports of vitest and Playwright, after `npm run test:all`. A missing report counts as
 * a failure.
 */
import { readFileSync } from "node:fs";

const counts = [
  count("test-results/unit.json", vitest),
  count("test-results/e2e.json", playwright),
  count("test-results/e2e-all.json", playwright),
  count("test-results/slow.json", vitest),
  count("test-results/journeys.json", vitest),
];

console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;

function vitest({ numPassedTests, numFailedTests, testResults }) {
  // A file that does not load fails without any test of its own.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** `errors` are those outside any test. A skipped test proves nothing, and a flaky one cannot be relied on. */
function playwright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}

function count(path, read) {
  try {
    return read(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    console.log(`No report in ${path}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

function sum(what) {
  return counts.reduce((total, one) => total + one[what], 0);
}
