import { expect, test } from "vitest";
import { checkContact } from "./contact";

const good = { name: "Ada", email: "ada@example.com", message: "Hello" };

test("returns the values without surrounding space", () => {
  expect(checkContact({ ...good, name: "  Ada \n" })).toEqual({ contact: good });
});

test("says what to do about each field, in the order of the page", () => {
  const result = checkContact({});

  expect(result).toEqual({
    errors: { name: "Enter your name", email: "Enter your email address", message: "Enter a message" },
  });
  expect(Object.keys(result.errors ?? {})).toEqual(["name", "email", "message"]);
});

test.each([
  ["a name of spaces", { name: "   " }],
  ["a name that is too long", { name: "a".repeat(101) }],
  ["a name that turns the text around", { name: "Ada\u202e" }],
  ["an address without a domain", { email: "ada" }],
  ["an address that is too long", { email: `${"a".repeat(250)}@example.com` }],
  ["a message that is too long", { message: "a".repeat(2001) }],
])("refuses %s and nothing else", (_, change) => {
  const result = checkContact({ ...good, ...change });

  expect(Object.keys(result.errors ?? {})).toEqual(Object.keys(change));
});

test("ignores unknown fields", () => {
  expect(checkContact({ ...good, admin: "yes" })).toEqual({ contact: good });
});
