/**
 * Draws docs/inspector.png, the README's picture; public/social.png, the preview of a shared link; public/apple-touch-icon.png;
 * and public/favicon.ico, for clients that do not read the page's own icon link. Run it when the app looks different:
 * `npm run pictures --prefix proof`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { demonstrations } from "../../app/demonstrations";
import { test } from "../../e2e/fixtures";

const mark = readFileSync("public/favicon.svg", "utf8");
const [, site] = /SITE = "(.*)"/.exec(readFileSync("app/lib/page-meta.ts", "utf8")) ?? [];
const styles = readFileSync("app/styles.css", "utf8");
const [, accent] = /--color-accent: light-dark\((\S+),/.exec(styles) ?? [];
const [, highlight] = /--color-mark: (\S+);/.exec(styles) ?? [];
// Come with the proof, so that every machine draws the same. A page's own policy refuses style sheets like this one.
const fonts = `${face("inter", "Inter")}${face("jetbrains-mono", "JetBrains Mono")}
  :root { --font-sans: "Inter", sans-serif; --font-mono: "JetBrains Mono", monospace }`;
test.use({ bypassCSP: true });
const style = `${fonts}
  * { box-sizing: border-box; margin: 0 }
  body { width: 100vw; height: 100vh; overflow: hidden; background: #f3f5ef; color: #15211c; font-family: var(--font-sans) }
  .name { display: flex; align-items: center; gap: 20px; font: 700 34px var(--font-sans) }
  svg { width: 64px; height: 64px }
  h1 { margin: 44px 0 28px; font-size: 92px; line-height: 1; letter-spacing: -0.035em; font-weight: 800 }
  code { padding: 10px 18px; border-radius: 8px; background: ${highlight}; color: #201a08; font: 600 32px var(--font-mono) }
  .ticket { height: 100%; margin-left: 96px; padding: 84px 90px; border-left: 6px dashed #f3f5ef; background: #fdfefb }
`;

test("the app, with what the inspector says of a visitor who chose a theme, sent a form and signed in", async ({
  page,
  visit,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const inspector = demonstrations.some(({ path }) => path === "/inspector") ? "/inspector" : "/";
  await visit(inspector);
  const forms: [string, Record<string, string>][] = [
    ["/theme-toggle", { theme: "light" }],
    ["/form-flash", { name: "Ada", email: "ada@example.com", message: "Hello" }],
    ["/account", { intent: "sign-in", name: "Ada", stay: "on" }],
  ];
  for (const [path, fields] of forms) {
    // A demonstration that was deleted answers 404, and is not in the picture.
    await page.request.post(path, { form: fields, headers: { "Sec-Fetch-Site": "same-origin" } });
  }
  await visit(inspector);
  await page.addStyleTag({ content: fonts });
  await save(page, "docs/inspector.png");
});

test("the preview of a shared link", async ({ page }) => {
  await page.setViewportSize({ width: 1200, height: 630 });
  await page.setContent(`<style>${style} body { background: ${accent} }</style>
    <div class="ticket">
      <p class="name">${mark} ${site}</p>
      <h1>HTTP sessions,<br>done once and<br>done right</h1>
      <code>session.flash("success", …)</code>
    </div>`);
  await save(page, "public/social.png");
});

test("the icon of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 180, height: 180 });
  const centred = "body { display: grid; place-items: center } svg { width: 132px; height: 132px }";
  await page.setContent(`<style>${style} ${centred}</style>${mark}`);
  await save(page, "public/apple-touch-icon.png");
});

test("the icon of a tab", async ({ page }) => {
  const size = 48;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${mark}`);
  const image = await page.screenshot({ omitBackground: true });
  // The header of an .ico file with one PNG: type 1, one entry, its size, 1 plane, 32 bits a pixel, then length and offset.
  const directory = Buffer.alloc(22);
  directory.set([0, 0, 1, 0, 1, 0, size, size, 0, 0, 1, 0, 32, 0]);
  directory.writeUInt32LE(image.length, 14);
  directory.writeUInt32LE(directory.length, 18);
  writeFileSync("public/favicon.ico", Buffer.concat([directory, image]));
});

/** One family, in all its weights. */
function face(name: string, family: string): string {
  const path = `@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`;
  const file = readFileSync(createRequire(import.meta.url).resolve(path), "base64");
  return `@font-face { font-family: "${family}"; font-weight: 100 900; src: url(data:font/woff2;base64,${file}) }`;
}

async function save(page: Page, path: string) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled" });
}
