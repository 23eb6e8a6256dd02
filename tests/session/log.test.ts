import { expect, test, vi } from "vitest";
import { consoleLog, nameForLog } from "~/lib/session/log";

test.each([
  ["created", "log"],
  ["renewed", "log"],
  ["destroyed", "log"],
  ["expired", "warn"],
  ["tampered", "warn"],
  ["store-error", "warn"],
] as const)("%s is one line of JSON, on console.%s, that names the event and what belongs to it", (event, level) => {
  const written = vi.spyOn(console, level).mockReturnValue();
  consoleLog(event, { session: "0123456789ab" });
  expect(written).toHaveBeenCalledOnce();
  const [line] = written.mock.calls[0] ?? [];
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({ event: `session.${event}`, session: "0123456789ab" });
  written.mockRestore();
});

test("a session has one name in the log, which tells it from others and cannot be made without the secret", async () => {
  const [secret, other] = ["s".repeat(32), "o".repeat(32)];
  const name = await nameForLog("an id", secret);
  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(await nameForLog("an id", secret)).toBe(name);
  expect(await nameForLog("another id", secret)).not.toBe(name);
  expect(await nameForLog("an id", other)).not.toBe(name);
});
