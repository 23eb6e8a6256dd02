import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { actsOf } from "./acts";
import type { InspectedResponse } from "./inspect";
import { SessionValues } from "./session-facts";
import { Timeline } from "./timeline";

const NOW = 1_800_000_000;

const response: InspectedResponse = {
  at: NOW * 1000,
  method: "POST",
  path: "/form",
  status: 303,
  did: "stored",
  redirectsTo: undefined,
  cookieBytes: undefined,
  changed: [],
  calls: [],
  changes: [],
  headers: [],
  sent: [],
};

/** The texts of a page, each element's apart from the next one's. */
const textsOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ");

function timelineOf(facts: Partial<InspectedResponse>, sourceFolder: string | null = null) {
  const acts = actsOf([{ ...response, ...facts }]);
  return renderToStaticMarkup(<Timeline acts={acts} now={NOW} sourceFolder={sourceFolder} />);
}

test("a call has the number of its rule, and links to it if the app has a repository", () => {
  const facts = { calls: ['get("theme")', 'set("theme")'] };
  expect(textsOf(timelineOf(facts))).toContain('set("theme") rule 2.3');
  expect(timelineOf(facts)).not.toContain('href="');
  expect(timelineOf(facts, "https://github.com/ada/shop/tree/HEAD")).toContain(
    'href="https://github.com/ada/shop/tree/HEAD/app/lib/session/RULES.md#2-when-a-cookie-is-sent"',
  );
});

test("a new id shows the session's name in the log before and after", () => {
  expect(textsOf(timelineOf({ did: "regenerated", names: ["0123456789ab", "ba9876543210"] }))).toContain(
    "Name in the log: 0123456789ab → ba9876543210",
  );
});

test("how a device proves itself is folded like a read, and unfolds to its steps with their rules", () => {
  const step = { path: "/session/device", did: "untouched" } as const;
  const [header, challenge] = ["Sec-Secure-Session-Id: …", "Secure-Session-Challenge: …"];
  const asked = timelineOf({ ...step, status: 403, device: "asked", sent: [header], headers: [challenge] });
  expect(asked).not.toMatch(/<h3|data-kind="problem"/);
  expect(textsOf(asked)).toContain(
    `This device was asked for a proof: nothing changed POST /session/device ${header} rule 9.4 403 ${challenge} rule 9.5`,
  );
  const sent = ["Secure-Session-Response: …"];
  expect(textsOf(timelineOf({ ...step, status: 200, device: "proved", sent }))).toContain(
    "POST /session/device Secure-Session-Response: … rule 9.5 200 device cookie",
  );
});

test("a form that the browser sends again, once its device has proved itself, says so", () => {
  expect(textsOf(timelineOf({ status: 307, device: "resent", redirectsTo: "/form" }))).toContain(
    "POST /form 307 → /form device cookie removed This device has to prove itself first.",
  );
});

test("a number that ends with At has its time beside it, also inside of a value, as stored and in the timeline", () => {
  const then = NOW - 150;
  const returnTo = { path: '/?x="at":1800000000', at: then, sent: [{ sentAt: then * 1000 }] };
  const changes = [
    { name: "provedAt", after: String(then) },
    { name: "returnTo", after: JSON.stringify(returnTo) },
    { name: "flat", after: String(then) },
    { name: "cutAt", after: `{"at":${String(then).slice(0, 9)}…` },
  ];
  const time = "2 minutes ago 2027-01-15 07:57:30 UTC";
  const timeline = textsOf(timelineOf({ changes }));
  expect(timeline).toContain(`provedAt ${then} ${time}`);
  expect(timeline).toContain(`${JSON.stringify(returnTo)} at ${time} sentAt ${time}`);
  expect(timeline.match(/UTC/g)).toHaveLength(3 + 1);
  const values = [["returnTo", JSON.stringify(returnTo, null, 2)]] as [string, string][];
  expect(textsOf(renderToStaticMarkup(<SessionValues title="Data" values={values} none="" now={NOW} />))).toContain(
    `at ${time} sentAt ${time}`,
  );
});
