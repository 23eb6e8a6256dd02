import { expect, test } from "vitest";
import { shorten } from "./shorten";

test("leaves a text that fits as it is", () => {
  expect(shorten("Ada", 3)).toBe("Ada");
});

test("cuts a text that does not fit, and shows the cut", () => {
  expect(shorten("Ada Lovelace", 5)).toBe("Ada…");
});

test("never cuts a character in two", () => {
  expect(shorten("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 2)).toBe("👩‍👩‍👧…");
});
