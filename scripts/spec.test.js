import { expect, test } from "vitest";
import { playwrightArguments } from "./spec.js";

const specs = ["session.spec.ts", "theme.spec.ts", "theme-tabs.spec.ts"];
const inProject = (argument) => /^--project/.test(argument);

/** Returns the specs that Playwright selects in a clone whose folder has this name. */
function selected(names, clone = "my-sessions") {
  const patterns = playwrightArguments(names, specs).filter((argument) => argument.includes("spec"));
  return specs.filter((spec) => patterns.some((pattern) => new RegExp(pattern).test(`/home/me/${clone}/e2e/${spec}`)));
}

test("a name selects the spec of this name, else those that contain it", () => {
  expect(selected(["theme"])).toEqual(["theme.spec.ts"]);
  expect(selected(["theme-"])).toEqual(["theme-tabs.spec.ts"]);
  expect(selected(["them"])).toEqual(["theme.spec.ts", "theme-tabs.spec.ts"]);
  expect(selected(["session", "tabs"])).toEqual(["session.spec.ts", "theme-tabs.spec.ts"]);
});

test("a path and a line work too", () => {
  expect(selected(["e2e/theme.spec.ts"])).toEqual(["theme.spec.ts"]);
  expect(playwrightArguments(["theme.spec.ts:9"], specs)).toContainEqual(expect.stringMatching(/theme.*:9$/));
});

test("the folder of the clone selects nothing", () => {
  expect(selected(["session"], "session")).toEqual(["session.spec.ts"]);
  expect(selected(["session"], "e2e/session.spec.ts")).toEqual(["session.spec.ts"]);
});

test("it runs with one store unless another is named, and passes options on", () => {
  expect(playwrightArguments(["theme"], specs).filter(inProject)).toContain("--project=cookie");
  const given = playwrightArguments(["theme", "--project", "kv", "--headed"], specs);
  expect(given.slice(-3)).toEqual(["--project", "kv", "--headed"]);
  expect(given.filter(inProject)).toEqual(["--project"]);
});

test("no name, or an unknown one, is an error", () => {
  expect(() => playwrightArguments([], specs)).toThrow("Name a spec");
  expect(() => playwrightArguments(["nothing"], specs)).toThrow('There is no spec "nothing"');
});
