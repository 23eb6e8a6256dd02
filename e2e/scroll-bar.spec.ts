/** Pages with and without a scroll bar. */
import { expect, test } from "./fixtures";

test.use({ fullBrowser: true });

test("nothing of the header moves between a page that scrolls and one that does not", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  const place = async (height: number) => {
    await page.setViewportSize({ width: 1400, height });
    await visit("/nowhere");
    const scrolls = await page.evaluate(() => document.documentElement.scrollHeight > innerHeight);
    return { scrolls, box: await page.getByRole("banner").getByRole("link").first().boundingBox() };
  };
  const [short, long] = [await place(900), await place(200)];
  expect([short.scrolls, long.scrolls]).toEqual([false, true]);
  expect(long.box).toEqual(short.box);
});
