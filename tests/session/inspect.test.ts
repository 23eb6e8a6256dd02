import { beforeEach, describe, expect, test, vi } from "vitest";
import { type CommitReport, getConfig, type HandleFetchOptions, handleFetch, SuperflareSession } from "~/lib/session";
import type { StoreEnv } from "~/lib/session/stores";
import { createSessionStorage, type UserSessions } from "~/lib/session/stores";
import {
  describeCommit,
  inspectSession,
  namesOf,
  recordSession,
  type SessionOutcome,
  type SessionReport,
} from "~/lib/session-extras/inspect";

// biome-ignore lint/suspicious/noExplicitAny: any key, any value
type AnySession = SuperflareSession<any, any>;

const SECRET = "a secret that is surely long enough";
const DAY = 86_400;
const START = 1_800_000_000;
const page = () => new Response("page");

let cookie: string;
let now: number;
beforeEach(() => {
  cookie = "";
  now = START;
});

/**
 * Runs the app's part with the visitor's cookie; returns the response, what handleFetch says that it did, and a report.
 */
async function visit(
  run: (session: AnySession, userSessions: UserSessions<AnySession>) => Response = page,
  { init = {}, ...options }: { init?: RequestInit } & Partial<HandleFetchOptions & StoreEnv> = {},
) {
  const request = new Request("https://example.com/", { ...init, headers: { Cookie: cookie, ...init.headers } });
  const env = { SESSION_SECRET: SECRET, SESSION_IDLE_TIMEOUT: String(10 * DAY) };
  const config = { ...getConfig({ request, env }), now: () => now, log: () => {} };
  const storage = createSessionStorage<Record<string, unknown>>(config);
  const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
  const userSessions = { list: vi.fn(), revoke: vi.fn() };
  const reports: CommitReport[] = [];
  let report: Promise<SessionReport> | undefined;
  const record = recordSession(session, userSessions);
  const response = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => storage.commitSession(session.getSession()),
      report: (facts) => reports.push(facts),
      ...options,
    },
    () => {
      const answer = run(session, userSessions);
      report = inspectSession(session, config);
      return answer;
    },
  );
  cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
  const [facts, ...more] = reports;
  expect(more).toEqual([]);
  const outcome: SessionOutcome = describeCommit(facts as CommitReport);
  return {
    response,
    outcome,
    report: await report,
    record: record(),
    names: await namesOf(facts as CommitReport, config),
  };
}

describe("what handleFetch did", () => {
  test("is told in a word, with the names of what has changed and none of the values", async () => {
    // A report reads the session, so these go without one.
    const told = async (run: (session: AnySession) => void, init?: RequestInit) => {
      const { outcome } = await visit(
        (session) => {
          run(session);
          return page();
        },
        init ? { init } : {},
      );
      return [outcome?.did, outcome?.changed];
    };
    expect(await told((session) => session.set("theme", "dark"))).toEqual(["stored", ["theme"]]);
    expect(await told((session) => session.set("theme", "dark"))).toEqual(["unchanged", []]);
    expect(await told((session) => session.get("theme"))).toEqual(["read", []]);
    expect(await told((session) => session.set("nothing", null))).toEqual(["stored", ["nothing"]]);
    const post = { method: "POST", headers: { "Sec-Fetch-Site": "same-origin" } };
    expect(await told((session) => session.flash("success", "Saved"), post)).toEqual(["stored", ["flash success"]]);
    expect(await told((session) => session.getFlash("success"))).toEqual(["stored", ["flash success"]]);
    expect(await told((session) => session.regenerate())).toEqual(["regenerated", []]);
    now += 2 * DAY;
    expect(await told((session) => session.get("theme"))).toEqual(["renewed", []]);
    expect(await told((session) => session.destroy())).toEqual(["destroyed", ["theme", "nothing"]]);
  });

  test("is nothing for a response that has nothing to do with the session", async () => {
    const request = new Request("https://example.com/");
    const config = getConfig({ request, env: { SESSION_SECRET: SECRET } });
    const storage = createSessionStorage(config);
    const session = new SuperflareSession(await storage.getSession(""));
    const report = vi.fn<(facts: CommitReport) => void>();
    const getSessionCookie = () => storage.commitSession(session.getSession());
    await handleFetch({ config, session, getSessionCookie, report }, page);
    expect(report).toHaveBeenCalledOnce();
    const [facts] = report.mock.calls[0] as [CommitReport];
    expect(describeCommit(facts)).toEqual({ did: "untouched", changed: [], hadSession: false });
  });

  test("is a failure with its code where a change could not be stored", async () => {
    const { outcome, response } = await visit((session) => {
      session.set("much", "x".repeat(5_000));
      return page();
    });
    expect(outcome).toEqual({ did: "failed", error: "too-large", changed: ["much"], hadSession: false });
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("7.1 is a refusal for a write from another origin, answered with the app's page, as a 403 that is not stored", async () => {
    const init = { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } };
    const refused = () => new Response("<h1>Refused</h1>", { headers: { "Content-Type": "text/html" } });
    const run = vi.fn(page);
    const { outcome, response } = await visit(run, { init, refused });
    expect(outcome).toEqual({ did: "refused", changed: [], hadSession: false });
    expect(run).not.toHaveBeenCalled();
    expect([response.status, response.headers.get("Cache-Control"), await response.text()]).toEqual([
      403,
      "no-store",
      "<h1>Refused</h1>",
    ]);
  });
});

describe("the session's names in the log", () => {
  const change = (how: (session: AnySession) => void) =>
    visit((session) => {
      how(session);
      return page();
    });

  test("are told of a request after which the session has another id, from the old one to the new", async () => {
    expect((await change((session) => session.set("theme", "dark"))).names).toBeUndefined();
    const { report } = await visit();
    const renewed = await change((session) => session.regenerate());
    expect(renewed.names).toEqual([report?.session, (await visit()).report?.session]);
    expect(renewed.names?.[0]).not.toBe(renewed.names?.[1]);
    const ended = await change((session) => {
      session.destroy();
      session.set("theme", "dark");
    });
    expect(ended.names).toEqual([renewed.names?.[1], (await visit()).report?.session]);
  });

  test("are not told if it keeps its id, or there is none before or after", async () => {
    expect((await change((session) => session.regenerate())).names).toBeUndefined();
    await change((session) => session.set("theme", "dark"));
    expect((await change((session) => session.set("theme", "light"))).names).toBeUndefined();
    expect((await change((session) => session.set("much", "x".repeat(5_000)))).names).toBeUndefined();
    expect((await change((session) => session.destroy())).names).toBeUndefined();
  });
});

describe("what a session holds", () => {
  test("is told of a visitor without one as well", async () => {
    const { report } = await visit();
    expect(report).toEqual({ store: "cookie", data: {}, flashes: {}, maxCookieBytes: 4096 });
  });

  test("is its data, the flashes that wait, its deadlines and its size, under its name in the log", async () => {
    const { response } = await visit((session) => {
      session.set("theme", "dark");
      session.flash("success", "Saved");
      return Response.redirect("https://example.com/", 303);
    });
    const line = response.headers.getSetCookie()[0] ?? "";
    now += 60;
    expect((await visit()).report).toEqual({
      store: "cookie",
      data: { theme: "dark" },
      flashes: { success: "Saved" },
      session: expect.stringMatching(/^[0-9a-f]{12}$/),
      createdAt: START,
      renewedAt: START,
      idleDeadline: START + 10 * DAY,
      absoluteDeadline: START + 90 * DAY,
      cookieBytes: line.length,
      maxCookieBytes: 4096,
    });
  });

  test("has the deadline of a session with a lifetime of its own", async () => {
    await visit((session) => {
      session.set("theme", "dark");
      session.regenerate({ lifetime: { maxAge: DAY } });
      return page();
    });
    expect((await visit()).report?.idleDeadline).toBe(START + DAY);
  });

  test("looking at a flash leaves it pending, and one that this request shows is seen as well", async () => {
    await visit((session) => {
      session.flash("success", "Saved");
      return Response.redirect("https://example.com/", 303);
    });
    for (let look = 0; look < 2; look++) expect((await visit()).report?.flashes).toEqual({ success: "Saved" });
    const { report } = await visit((session) => new Response(session.getFlash("success")));
    expect(report?.flashes).toEqual({ success: "Saved" });
    expect((await visit()).report?.flashes).toEqual({});
  });
});

describe("what the app called", () => {
  test("is recorded in its order and without values, beside the values before and after", async () => {
    await visit((session) => {
      session.set("theme", "light");
      return page();
    });
    const { record } = await visit((session) => {
      session.get("theme");
      session.set("theme", "dark");
      session.flash("success", "Saved");
      return Response.redirect("https://example.com/", 303);
    });
    expect(record.calls).toEqual(['get("theme")', 'set("theme")', 'flash("success")']);
    expect(record.changes).toEqual([
      { name: "theme", before: '"light"', after: '"dark"' },
      { name: "flash success", after: '"Saved"' },
    ]);
    const shown = await visit((session) => new Response(session.getFlash("success")));
    expect(shown.record.changes).toEqual([{ name: "flash success", before: '"Saved"' }]);
  });

  test("names the end of the user's other sessions too", async () => {
    const { record } = await visit((session, userSessions) => {
      userSessions.revoke(session.getSession(), () => true);
      return page();
    });
    expect(record).toEqual({ calls: ["revoke()"], changes: [] });
  });
});
