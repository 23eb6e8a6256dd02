import { expect, test } from "vitest";
import { timeAgo, timeUntil } from "./time-ago";

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

test.each([
  [0, "now"],
  [60, "in 1 minute"],
  [86_400, "tomorrow"],
  [30 * 86_400 - 5, "in 30 days"],
  [3_599, "in 1 hour"],
  [30 * 86_400, "in 30 days"],
  [-5, "now"],
])("in %i seconds is %s", (seconds, text) => {
  expect(timeUntil(1_800_000_000 + seconds, 1_800_000_000)).toBe(text);
});
