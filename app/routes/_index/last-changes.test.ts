import { expect, test } from "vitest";
import { seeAnswer } from "./last-changes";

const dark = { values: [["theme", '"dark"']] as [string, string][], isUnread: false };
const light = { values: [["theme", '"light"']] as [string, string][], isUnread: false };
const unread = { values: [], isUnread: true };
const message = { id: "1", kind: "success" };

test("says what an answer has added, removed and shown, and keeps it until the next change", () => {
  const first = seeAnswer(dark, [message]);
  expect(first.changes).toEqual([["shown", "flash success"]]);
  const second = seeAnswer(light, [message], first);
  const changes = [
    ["removed", "theme", '"dark"'],
    ["added", "theme", '"light"'],
  ];
  expect(second.changes).toEqual(changes);
  expect(seeAnswer(light, [], second).changes).toEqual(changes);
});

test("4.6 values that could not be read for a while were neither removed nor added", () => {
  const down = seeAnswer(unread, [], seeAnswer(dark, []));
  expect(down.changes).toEqual([]);
  expect(seeAnswer(dark, [], down).changes).toEqual([]);
  expect(seeAnswer(dark, [], seeAnswer(unread, [])).changes).toEqual([]);
  expect(seeAnswer(light, [], down).changes).toHaveLength(2);
});
