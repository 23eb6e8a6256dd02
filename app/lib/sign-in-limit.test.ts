import { expect, test, vi } from "vitest";
import { mayTry } from "./sign-in-limit";

test("attempts are counted by name, however it is written", async () => {
  const limit = vi.fn(async () => ({ success: false }));
  expect(await mayTry({ limit }, " Ada ")).toBe(false);
  expect(limit).toHaveBeenCalledWith({ key: "sign-in ada" });
});

test("without the binding, or if it fails, everybody may try", async () => {
  expect(await mayTry(undefined, "Ada")).toBe(true);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await mayTry({ limit: () => Promise.reject(new Error("down")) }, "Ada")).toBe(true);
  expect(error).toHaveBeenCalledOnce();
  error.mockRestore();
});
