import { expect, test } from "vitest";
import { readAppStores } from "./app-stores.js";
import { playwrightArguments } from "./spec.js";

const specs = ["session.spec.ts", "cart.spec.ts", "cart-tabs.spec.ts"];
const inProject = (argument) => /^--project/.test(argument);

/** Returns the specs that Playwright selects in a clone whose folder has this name. */
function selected(names, clone = "my-sessions") {
  const patterns = playwrightArguments(names, specs).filter((argument) => argument.includes("spec"));
  return specs.filter((spec) => patterns.some((pattern) => new RegExp(pattern).test(`/home/me/${clone}/e2e/${spec}`)));
}

test("a name selects the spec of this name, else those that contain it", () => {
  expect(selected(["cart"])).toEqual(["cart.spec.ts"]);
  expect(selected(["cart-"])).toEqual(["cart-tabs.spec.ts"]);
  expect(selected(["car"])).toEqual(["cart.spec.ts", "cart-tabs.spec.ts"]);
  expect(selected(["session", "tabs"])).toEqual(["session.spec.ts", "cart-tabs.spec.ts"]);
});

test("a path and a line work too", () => {
  expect(selected(["e2e/cart.spec.ts"])).toEqual(["cart.spec.ts"]);
  expect(playwrightArguments(["cart.spec.ts:9"], specs)).toContainEqual(expect.stringMatching(/cart.*:9$/));
});

test("the folder of the clone selects nothing", () => {
  expect(selected(["session"], "session")).toEqual(["session.spec.ts"]);
  expect(selected(["session"], "e2e/session.spec.ts")).toEqual(["session.spec.ts"]);
});

test("it runs with one store unless another is named, and passes options on", () => {
  expect(playwrightArguments(["cart"], specs).filter(inProject)).toContain(`--project=${readAppStores()[0].store}`);
  const given = playwrightArguments(["cart", "--project", "kv", "--headed"], specs);
  expect(given.slice(-3)).toEqual(["--project", "kv", "--headed"]);
  expect(given.filter(inProject)).toEqual(["--project"]);
});

test("no name, or an unknown one, is an error", () => {
  expect(() => playwrightArguments([], specs)).toThrow("Name a spec");
  expect(() => playwrightArguments(["nothing"], specs)).toThrow('There is no spec "nothing"');
});
