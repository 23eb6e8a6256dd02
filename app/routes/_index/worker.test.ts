/** The home page of the production build, as deployed. */
import { expect, test } from "vitest";
import { cookieWith, down, settings, visit } from "../../../tests/built-worker";

test("4.6 a session that could not be read is not shown as an empty one", async () => {
  const cookie = await cookieWith((session) => session.set("word", "kept"), "d1");
  const read = async (headers: HeadersInit) => (await visit("/", { headers }, down)).text();
  expect(await read({ Cookie: cookie })).toContain("It could not be read just now.");
  expect(await read({ Cookie: cookie })).not.toContain("nothing to store");
  expect(await read({})).not.toContain("It could not be read just now.");
});

test("a session of many values, or with a huge name, is shown in part, and its headers stay small", async () => {
  const given = { ...settings, SESSION_STORE: "d1", SESSION_INSPECTOR: "on" };
  const plain = (await (await visit("/", {}, given)).text()).length;
  for (const fill of [
    (set: (key: string) => void) => set("k".repeat(300_000)),
    (set: (key: string) => void) => {
      for (let number = 0; number < 5_000; number++) set(`key ${number}`);
    },
  ]) {
    const Cookie = await cookieWith((session) => fill((key) => session.set(key as "theme", "dark")), "d1");
    const response = await visit("/", { headers: { Cookie } }, given);
    expect((await response.text()).length - plain).toBeLessThan(20_000);
  }
});
