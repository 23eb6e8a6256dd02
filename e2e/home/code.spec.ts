/** Each demonstration shows the code that does it, taken from the source. */
import { existsSync, readFileSync } from "node:fs";
// @ts-expect-error It has no types.
import { sourceLink } from "../../scripts/source-link.js";
import { findBroken } from "../broken-text";
import { expect, test } from "../fixtures";
import type { VisitedPage } from "../session";

const { repository } = JSON.parse(readFileSync("package.json", "utf8"));

const demonstrations: (VisitedPage & { files: string[] })[] = [
  { path: "/", files: ["app/examples/after.ts", "app/examples/before.ts"] },
  { path: "/theme-toggle", files: ["app/routes/theme-toggle.tsx", "app/root.tsx"] },
  { path: "/form-flash", files: ["app/routes/form-flash.tsx", "app/lib/flash-messages.ts"] },
  {
    path: "/account",
    files: [
      "app/lib/sign-in.ts",
      "app/lib/sign-in.ts",
      "app/lib/stay-signed-in.ts",
      "app/lib/prove-it.ts",
      "app/routes/account_.live.ts",
      "app/lib/sign-in-limit.ts",
    ],
  },
  { path: "/account/note", files: ["app/lib/return-to.ts", "app/lib/return-to.ts"], holds: ["user", "Ada"] },
];

for (const { path, files, holds } of demonstrations) {
  test(`${path} shows code from the source, with the name of its file`, async ({ page, session, visit }) => {
    if (holds) await session.set(...holds);
    await visit(path);
    const figures = page.getByRole("figure");
    await expect(figures).toHaveCount(files.length);
    for (const [index, file] of files.entries()) {
      const figure = figures.nth(index);
      const source = readFileSync(file, "utf8");
      const shown = (await figure.locator("pre").textContent()) ?? "";
      expect(shown.split("\n").length).toBeGreaterThan(3);
      expect(shown).toMatch(/session\b|limit\b/);
      expect(source).toContain(shown.trimEnd());
      // A link only if the owner has named a repository.
      const link = sourceLink(repository, file);
      await expect(figure.locator("figcaption")).toContainText(file);
      await expect(figure.getByRole("link", { name: file })).toHaveCount(link ? 1 : 0);
      if (link) await expect(figure.getByRole("link", { name: file })).toHaveAttribute("href", link);
    }
  });
}

test("every file that the home page names exists, with a link if the owner has named a repository", async ({
  page,
  visit,
}) => {
  await visit("/");
  const listed = readFileSync("app/components/where-to-look.tsx", "utf8").match(/\{ file: "/g);
  const names = page.getByRole("region", { name: "Where to look" }).locator("dt");
  await expect(names).toHaveCount(listed?.length ?? 0);
  await expect(names.first()).toHaveText("worker.ts");
  const files = await names.all();
  for (const file of files) {
    const path = (await file.textContent()) ?? "";
    expect(existsSync(path), path).toBe(true);
    const link = sourceLink(repository, path);
    await expect(file.getByRole("link")).toHaveCount(link ? 1 : 0);
    if (link) await expect(file.getByRole("link")).toHaveAttribute("href", link);
  }
});

test("a long line of code continues to the right of where it begins", async ({ page, session, visit }) => {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const { path, holds } of demonstrations) {
      if (holds) await session.set(...holds);
      await visit(path);
      const lines = await page.locator(".code-line").evaluateAll((all) =>
        all.flatMap((line) => {
          const range = document.createRange();
          range.selectNodeContents(line);
          const parts = [...range.getClientRects()].filter(({ width }) => width > 1);
          const [first] = parts;
          const next = parts.filter(({ top }) => first && top > first.top + 4);
          const spaces =
            (/^ */.exec(line.textContent ?? "")?.[0].length ?? 0) * (parseFloat(getComputedStyle(line).fontSize) * 0.6);
          return first && next.length > 0
            ? [{ text: line.textContent, by: Math.min(...next.map(({ left }) => left)) - (first.left + spaces) }]
            : [];
        }),
      );
      expect(lines.filter(({ by }) => by < 8)).toEqual([]);
      if (width === 390) expect(lines.length).toBeGreaterThan(0);
    }
  }
});

test("on a phone, no name in the code is broken in two", async ({ page, session, visit }) => {
  await page.setViewportSize({ width: 390, height: 900 });
  for (const { path, holds } of demonstrations) {
    if (holds) await session.set(...holds);
    await visit(path);
    const broken = await page.evaluate(findBroken, { pattern: "[\\w$]+" });
    expect(broken, path).toEqual([]);
  }
});

test("the command that starts the app can be copied", async ({ page, context, visit }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit("/");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/npm ci && npm run dev$/);
});

test("if the browser does not allow it, the button says so, to a screen reader too", async ({ page, visit }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("Not allowed"));
  });
  await visit("/");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Not copied" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Select the command");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the command is there, without a button that would do nothing", async ({ page, visit }) => {
    await visit("/");
    await expect(page.getByText("npm ci && npm run dev")).toBeVisible();
    await expect(page.getByRole("button", { name: "Copy" })).toHaveCount(0);
  });
});
