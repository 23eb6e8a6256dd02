/**
 * Prints `N passed, N failed` from the reports of vitest and Playwright, after `npm run test:all`, and before that the names of
 * tests that passed only the second time. A missing report counts as a failure.
 */
import { readFileSync } from "node:fs";

const reports = [
  read("test-results/unit.json", vitest),
  read("test-results/e2e.json", playwright),
  read("test-results/e2e-all.json", playwright),
  read("test-results/slow.json", vitest),
  read("test-results/journeys.json", vitest),
  read("test-results/removals.json", vitest),
];

for (const { flaky } of reports) for (const name of flaky) console.log(`Passed only the second time: ${name}`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;

function vitest({ numPassedTests, numFailedTests, testResults }) {
  // A file that does not load fails without any test of its own.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const flaky = testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status, failureMessages }) => status === "passed" && failureMessages.length > 0);
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    flaky: flaky.map(({ fullName }) => fullName),
  };
}

/** `errors` are those outside any test. A skipped test proves nothing. */
function playwright({ stats, errors, suites }) {
  const flaky = specsOf(suites).flatMap(({ title, tests }) =>
    tests.filter(({ status }) => status === "flaky").map(({ projectName }) => `[${projectName}] ${title}`),
  );
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + stats.skipped + errors.length,
    flaky,
  };
}

function specsOf(suites = []) {
  return suites.flatMap(({ specs, suites }) => [...specs, ...specsOf(suites)]);
}

function read(path, count) {
  try {
    return count(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    console.log(`No report in ${path}: ${error.message}`);
    return { passed: 0, failed: 1, flaky: [] };
  }
}

function sum(what) {
  return reports.reduce((total, one) => total + one[what], 0);
}
