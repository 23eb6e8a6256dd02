/** Adds up the reports of vitest and Playwright in test-results: `N passed, N failed`, after the names of what passed only the second time. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";

const folder = "test-results";
const total = { passed: 0, failed: 0 };
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  try {
    const report = JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
    if (report.testResults) addVitest(report);
    else if (report.stats) addPlaywright(report);
  } catch (error) {
    total.failed++;
    console.log(`${file}: ${error.message}`);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function addVitest({ numPassedTests, numFailedTests, testResults }) {
  // A file that does not load fails without any test of its own.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  total.passed += numPassedTests;
  total.failed += numFailedTests + broken.length;
  for (const { status, fullName, failureMessages } of testResults.flatMap((file) => file.assertionResults))
    if (status === "passed" && failureMessages.length > 0) console.log(`Passed only the second time: ${fullName}`);
}

/** A skipped test proves nothing. `errors` are those outside any test. */
function addPlaywright({ stats, errors, suites }) {
  total.passed += stats.expected + stats.flaky;
  total.failed += stats.unexpected + stats.skipped + errors.length;
  for (const { title, tests } of specsIn(suites))
    if (tests.some(({ status }) => status === "flaky")) console.log(`Passed only the second time: ${title}`);
}

function specsIn(suites = []) {
  return suites.flatMap(({ specs, suites }) => [...specs, ...specsIn(suites)]);
}
