/** Each demonstration shows the code that does it, taken from the source. */
import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";

for (const [path, files] of [
  ["/", ["app/lib/sign-in.ts"]],
  ["/theme-toggle", ["app/routes/theme-toggle.tsx", "app/root.tsx"]],
  ["/form-flash", ["app/routes/form-flash.tsx", "app/lib/flash-messages.ts"]],
  ["/account", ["app/lib/sign-in.ts", "app/lib/sign-in.ts"]],
] as const) {
  test(`${path} shows code from the source, with a link to the file`, async ({ page, request, visit }) => {
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
