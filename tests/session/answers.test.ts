import { expect, test } from "vitest";
import { answerFor } from "~/lib/session/handle-fetch";

const changes = ["none", "renewal", "flash", "values", "identity"] as const;
const results = ["stored", "gone", "moved", "failed"] as const;

test("4.6 4.10 what could not be kept is not confirmed; whatever else happens, the response is delivered", () => {
  const notSaved = changes.flatMap((change) =>
    results.flatMap((result) =>
      [true, false].flatMap((isSafe) =>
        answerFor(change, result, isSafe) === "not-saved" ? [`${change} ${result} ${isSafe ? "GET" : "POST"}`] : [],
      ),
    ),
  );
  expect(notSaved).toEqual(["values failed POST", "identity failed GET", "identity failed POST"]);
});
