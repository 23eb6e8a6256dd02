import { expect, test } from "vitest";
import { isInspectorOn, responsesOf, startInspection } from "./inspector";
import type { SessionOutcome } from "./session";

const stored = (session: string, changed = ["theme"]): SessionOutcome => ({ did: "stored", changed, session });

/** What a Worker does with a request and its outcome. */
function inspect(path: string, outcome: SessionOutcome, response = new Response("page")) {
  const inspection = startInspection(new Request(`https://example.com${path}`), true);
  inspection.onOutcome?.(outcome);
  return inspection.finish(response);
}

test.each([
  [undefined, true, true],
  [undefined, false, false],
  ["on", false, true],
  ["off", true, false],
  ["yes", false, false],
])("the variable %o is on in development (%o): %o", (setting, isDevelopment, isOn) => {
  expect(isInspectorOn(setting, isDevelopment)).toBe(isOn);
});

test("off, it asks for nothing and leaves the storage and the response as they are", () => {
  const inspection = startInspection(new Request("https://example.com/"), false);
  const [storage, response] = [{} as Parameters<typeof inspection.timed>[0], new Response("page")];
  expect(inspection.onOutcome).toBeUndefined();
  expect(inspection.timed(storage)).toBe(storage);
  expect(inspection.finish(response)).toBe(response);
});

test("the header can hold any name, and one that is there already stays", () => {
  const response = new Response("page", { headers: { "Server-Timing": "db;dur=1" } });
  const { headers } = inspect("/", stored("a", ['quo"te', "back\\slash", "日本", "new\nline"]), response);
  expect(headers.get("Server-Timing")).toBe(
    'db;dur=1, session-open;dur=0, session-commit;dur=0;desc="stored: quo?te, back?slash, ??, new?line"',
  );
});

test("the last five responses of a session are remembered, newest first, without values and without looks at the inspector", () => {
  const headers = { "Set-Cookie": "session=secret; Path=/" };
  for (let visit = 1; visit <= 6; visit++)
    inspect(`/${visit}?token=secret`, stored("b"), new Response("", { headers }));
  for (const path of ["/inspector", "/inspector.data", "/inspector/errors/404"]) inspect(path, stored("b"));
  const paths = responsesOf("b").map(({ path }) => path);
  expect(paths).toEqual(["/6", "/5", "/4", "/3", "/2"]);
  expect(responsesOf("b")[0]?.headers).toEqual([["Set-Cookie", "session=…; Path=/"]]);
  expect(JSON.stringify(responsesOf("b"))).not.toContain("secret");
});

test("an isolate remembers two hundred sessions, and forgets the one that was heard of least recently", () => {
  inspect("/", stored("first"));
  inspect("/", stored("second"));
  for (let other = 0; other < 198; other++) inspect("/", stored(`other ${other}`));
  inspect("/", stored("first"));
  inspect("/", stored("one more"));
  expect([responsesOf("first").length, responsesOf("second").length]).toEqual([2, 0]);
});

test("nothing is remembered of a visitor without a session", () => {
  inspect("/", { did: "untouched", changed: [] });
  expect(responsesOf(undefined)).toEqual([]);
});
