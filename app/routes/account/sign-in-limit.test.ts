import { expect, test, vi } from "vitest";
import { mayTry } from "./sign-in-limit";

test("attempts are counted by name, however it is written", async () => {
  const limit = vi.fn(async (_: { key: string }) => ({ success: false }));
  for (const name of [" Ada\u0301 ", "AD\u00c1", "ａｄá"]) expect(await mayTry({ limit }, name)).toBe(false);
  expect(new Set(limit.mock.calls.flat().map(({ key }) => key))).toEqual(new Set(["sign-in ad\u00e1"]));
});

test("without the binding, or if it fails, everybody may try", async () => {
  expect(await mayTry(undefined, "Ada")).toBe(true);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await mayTry({ limit: () => Promise.reject(new Error("down")) }, "Ada")).toBe(true);
  expect(error).toHaveBeenCalledOnce();
  error.mockRestore();
});
