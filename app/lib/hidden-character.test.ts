import { expect, test } from "vitest";
import { hasHiddenCharacter } from "./hidden-character";

test.each([
  "Ada Lovelace",
  "Łukasz O’Neill-Ñ",
  "محمد",
  "می‌خواهم",
  "👩‍👩‍👧",
  "❤️",
  "👩🏽‍⚕️",
  "❤️‍🔥",
  "क्‍ष",
  "രാജന്\u200d",
  "👁️‍🗨️",
  "1️⃣",
  "김철수",
])("%s has no hidden character", (name) => {
  expect(hasHiddenCharacter(name)).toBe(false);
});

test.each([
  ["a null", 0x00],
  ["a line feed", 0x0a],
  ["a delete", 0x7f],
  ["a C1 control", 0x85],
  ["a zero-width space", 0x200b],
  ["a soft hyphen", 0xad],
  ["a mark of a direction", 0x200f],
  ["a line separator", 0x2028],
  ["an override of the direction", 0x202e],
  ["an isolate", 0x2066],
  ["the end of an isolate", 0x2069],
  ["a byte order mark", 0xfeff],
  ["a grapheme joiner", 0x34f],
  ["a Hangul filler", 0x3164],
  ["a halfwidth Hangul filler", 0xffa0],
  ["a Hangul choseong filler", 0x115f],
  ["a Mongolian vowel separator", 0x180e],
  ["an empty Braille pattern", 0x2800],
  ["a musical beam", 0x1d173],
  ["a tag", 0xe0061],
  ["a variation selector", 0xe0100],
  ["a joiner among Latin letters", 0x200d],
  ["a non-joiner among Latin letters", 0x200c],
  ["an emoji's variation selector among letters", 0xfe0f],
])("%s is a hidden character", (_, code) => {
  expect(hasHiddenCharacter(`Ada${String.fromCodePoint(code)}ecalevoL`)).toBe(true);
});

test.each(["\u200d", "\u200c\u200d", "\u3164", "Ada\u200d", "\u200dAda", "Ada \u200c"])(
  "%j has a character that joins nothing, so that nobody sees it",
  (name) => {
    expect(hasHiddenCharacter(name)).toBe(true);
  },
);
