import { expect, test } from "vitest";
import { shorten } from "./shorten";

test("leaves alone what fits", () => {
  expect(shorten("Ada", 3)).toBe("Ada");
});

test("cuts what does not, and says so", () => {
  expect(shorten("Ada Lovelace", 5)).toBe("Ada…");
});

test("never cuts a character in two", () => {
  expect(shorten("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 2)).toBe("👩‍👩‍👧…");
});
