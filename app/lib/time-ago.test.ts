import { expect, test } from "vitest";
import { timeAgo } from "./time-ago";

test.each([
  [0, "just now"],
  [59, "just now"],
  [60, "1 minute ago"],
  [7_199, "1 hour ago"],
  [86_400, "yesterday"],
  [200_000, "2 days ago"],
  [-5, "just now"],
])("%i seconds are %s", (seconds, text) => {
  expect(timeAgo(1_800_000_000 - seconds, 1_800_000_000)).toBe(text);
});
