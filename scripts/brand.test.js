/** The icon cannot read the style sheet, so it repeats the app's name and colours. `npm run rename` changes both. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const icon = readFileSync("public/favicon.svg", "utf8");
const styles = readFileSync("app/styles.css", "utf8");

/** The colour of a shape, in the light and in the dark theme. */
const inIcon = (shape) =>
  [...icon.matchAll(new RegExp(`${shape} { fill: (#[0-9a-f]{6}) }`, "g"))].map(([, colour]) => colour);

test.each([
  ["path", "accent"],
  ["circle", "raised"],
])("each %s of the icon has the colour %s of app/styles.css, in both themes", (shape, name) => {
  const [, light, dark] = new RegExp(`--color-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(styles);
  expect(inIcon(shape)).toEqual([light, dark]);
});

test("the icon has the name of the app", () => {
  const [, name] = /SITE = "(.*)"/.exec(readFileSync("app/lib/page-meta.ts", "utf8"));
  expect(icon).toContain(`<title>${name}</title>`);
});
