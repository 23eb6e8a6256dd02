/** Pages with and without a scroll bar. */
import { expect, test } from "./fixtures";

test.use({ fullBrowser: true });

test("nothing of the header moves between a page that scrolls and one that does not", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  await page.setViewportSize({ width: 1400, height: 900 });
  const place = async (path: string) => {
    await visit(path);
    const scrolls = await page.evaluate(() => document.documentElement.scrollHeight > innerHeight);
    return { scrolls, box: await page.getByRole("banner").getByRole("link").first().boundingBox() };
  };
  const [short, long] = [await place("/nowhere"), await place("/")];
  expect([short.scrolls, long.scrolls]).toEqual([false, true]);
  expect(long.box).toEqual(short.box);
});
