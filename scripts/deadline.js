/**
 * For a vitest config: a reporter that ends a run which takes longer than so many minutes in all, whatever single tests may take,
 * and says which tests were running.
 */
export function createDeadline(minutes) {
  const running = new Map();
  let timer;
  return {
    onTestRunStart() {
      timer = setTimeout(() => {
        const names = [...running.values()].join("\n  ") || "no test";
        console.error(`Not done within ${minutes} minutes in all. Still running:\n  ${names}`);
        process.exit(1);
      }, minutes * 60_000);
    },
    onTestCaseReady: (test) => running.set(test.id, test.fullName),
    onTestCaseResult: (test) => running.delete(test.id),
    onTestRunEnd: () => clearTimeout(timer),
  };
}
