/** Each demonstration stands beside the code that does it: the lines of the source as it is. */
import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";

for (const [path, files] of [
  ["/", ["app/routes/account.tsx"]],
  ["/theme-toggle", ["app/routes/theme-toggle.tsx", "app/root.tsx"]],
  ["/form-flash", ["app/routes/form-flash.tsx", "app/lib/flash-messages.ts"]],
  ["/account", ["app/routes/account.tsx", "app/routes/account.tsx"]],
] as const) {
  test(`the code on ${path} is that of the source, and its link leads to the file`, async ({
    page,
    request,
    visit,
  }) => {
    await visit(path);
    const figures = page.getByRole("figure");
    await expect(figures).toHaveCount(files.length);
    for (const [index, file] of files.entries()) {
      const figure = figures.nth(index);
      const source = readFileSync(file, "utf8");
      const shown = (await figure.locator("pre").textContent()) ?? "";
      expect(shown.split("\n").length).toBeGreaterThan(5);
      expect(shown).toMatch(/session\b/);
      expect(source).toContain(shown.trimEnd());
      const link = figure.getByRole("link", { name: file });
      const response = await request.get((await link.getAttribute("href")) ?? "");
      expect(response.headers()["content-type"]).toMatch(/^text\/plain/);
      expect(await response.text()).toBe(source);
    }
  });
}
