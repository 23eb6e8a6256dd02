import { expect, test } from "vitest";
import { ruleOf } from "./rules";

const files = import.meta.glob("../../lib/session/RULES.md", { query: "?raw", import: "default", eager: true });
const text = Object.values(files).join();
const calls = ["set", "unset", "flash", "getFlash", "keepFlash", "regenerate", "destroy", "revoke"];
const headers = [
  "Sec-Secure-Session-Id",
  "Secure-Session-Response",
  "Secure-Session-Challenge",
  "Secure-Session-Skipped",
];
const steps = [
  ...calls.map((call) => `${call}("key")`),
  ...headers.map((header) => `${header}: …`),
  ...['set("deviceBinding")', 'unset("deviceBinding")'],
];

test.each(steps)("the rule of %s stands in the rules, in the section that its link leads to", (step) => {
  const { number, link = "" } = ruleOf(step, "https://github.com/ada/shop/tree/HEAD");
  const [address, anchor] = link.split("#");
  expect(address).toBe("https://github.com/ada/shop/tree/HEAD/app/lib/session/RULES.md");
  const sections = text.split(/^## /m).filter((section) => anchorOf(section) === anchor);
  expect(sections).toHaveLength(1);
  expect(sections[0]).toContain(`- **${number}** `);
});

test("what binds a session to its device has the rule of that, and not the one of any value", () => {
  expect(ruleOf('set("deviceBinding")', null).number).toBe("9.3");
  expect(ruleOf('set("device")', null).number).toBe("2.3");
});

test("without a repository there is no link", () => {
  expect(ruleOf("destroy()", null)).toEqual({ number: "6.2", link: undefined });
});

/** The anchor that GitHub makes of a section's title. */
const anchorOf = (section: string) =>
  (section.split("\n")[0] ?? "")
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");
