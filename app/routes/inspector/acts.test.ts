import { expect, test } from "vitest";
import { demonstrations } from "~/demonstrations";
import { actsOf } from "./acts";
import type { InspectedResponse } from "./inspect";

/** Any of the list will do: an app may have removed the others. */
const { path: FORM, did: SENT } = demonstrations[0] ?? { path: "", did: "" };

let at = 0;

function response(request: string, status = 200, facts: Partial<InspectedResponse> = {}): InspectedResponse {
  const [method = "", path = ""] = request.split(" ");
  at += 100;
  const none = {
    redirectsTo: undefined,
    cookieBytes: undefined,
    changed: [],
    calls: [],
    changes: [],
    headers: [],
    sent: [],
  };
  return { at, method, path, status, did: "read", ...none, ...facts };
}

const redirect = (request: string, redirectsTo: string) => response(request, 303, { redirectsTo, did: "stored" });

/** Of responses in the order of their requests: each act's title and its requests. */
const arrange = (...responses: InspectedResponse[]) =>
  actsOf(responses)
    .reverse()
    .map(({ title, responses }) => [title, ...responses.map(({ method, path }) => `${method} ${path}`)]);

test("a form and the page that it leads to are one act, also where a script asks for its data, and with redirects between", () => {
  expect(
    arrange(
      redirect(`POST ${FORM}.data`, FORM),
      response(`GET ${FORM}`, 200, { did: "stored" }),
      redirect(`POST ${FORM}`, "/"),
      redirect("GET /_root.data", "/"),
      response("GET /_root.data"),
      response("GET /somewhere"),
    ),
  ).toEqual([
    [SENT, `POST ${FORM}.data`, `GET ${FORM}`],
    [SENT, `POST ${FORM}`, "GET /_root.data", "GET /_root.data"],
    ["You opened /somewhere", "GET /somewhere"],
  ]);
});

test("a page that another tab opens in between, or that is opened much later, is an act of its own", () => {
  expect(
    arrange(
      redirect(`POST ${FORM}`, "/"),
      response("GET /somewhere"),
      response("GET /"),
      redirect(`POST ${FORM}`, "/"),
      response("GET /", 200, { at: at + 60_000 }),
    ),
  ).toEqual([
    [SENT, `POST ${FORM}`, "GET /"],
    ["You opened /somewhere", "GET /somewhere"],
    [SENT, `POST ${FORM}`],
    ["You opened /", "GET /"],
  ]);
});

test("reads in a row are one act, between those that wrote", () => {
  const write = response(`POST ${FORM}`, 200, { did: "unchanged" });
  const renewal = response("GET /", 200, { did: "renewed" });
  expect(arrange(renewal, response("GET /"), write, response("GET /"), response("GET /somewhere"))).toEqual([
    ["You opened /", "GET /"],
    ["You opened /", "GET /"],
    [SENT, `POST ${FORM}`],
    ["2 reads", "GET /", "GET /somewhere"],
  ]);
});

const SIGN_IN = ["regenerate()", 'set("user")'];
const DEVICE = "POST /session/device";
const asked = () => response(DEVICE, 403, { did: "untouched", device: "asked" });
const proved = () =>
  response(DEVICE, 200, { did: "untouched", device: "proved", sent: ["Secure-Session-Response: …"] });

test("a device that is asked for a proof, and proves itself, is no problem and no write, and stands among the reads", () => {
  const kinds = (...responses: InspectedResponse[]) => actsOf(responses).map(({ kind }) => kind);
  expect(arrange(asked(), proved())).toEqual([["This device proved itself", DEVICE, DEVICE]]);
  expect(kinds(asked(), proved())).toEqual(["read"]);
  expect(arrange(asked(), proved(), response("GET /"))).toEqual([
    ["1 read, 1 proof of this device", DEVICE, DEVICE, "GET /"],
  ]);
  expect(arrange(response("GET /"), response("GET /"), proved(), asked(), proved())[0]?.[0]).toBe(
    "2 reads, 2 proofs of this device",
  );
  expect(arrange(asked())).toEqual([["This device was asked for a proof", DEVICE]]);
  expect(arrange(asked(), asked())[0]?.[0]).toBe("This device was asked for a proof");
});

test("two tabs that are asked at once, and a page in between, belong to their own proofs", () => {
  expect(arrange(asked(), response("POST /somewhere"), asked(), proved(), proved())).toEqual([
    ["This device proved itself", DEVICE, DEVICE],
    ["You sent a form to /somewhere", "POST /somewhere"],
    ["This device proved itself", DEVICE, DEVICE],
  ]);
});

test.each<[string, string, number, Partial<InspectedResponse>]>([
  ["This device registered its key", "write", 200, { did: "stored", device: "registered" }],
  ["This device was refused", "problem", 401, { did: "untouched", device: "refused" }],
  ["This device could not be checked", "problem", 503, { did: "untouched", device: "failed" }],
  ["This device could not be checked", "problem", 503, { did: "failed", device: "failed" }],
  ["This device may forget its key", "write", 200, { did: "stored", device: "released" }],
  ["Another site sent a request", "problem", 403, { did: "refused", device: "failed" }],
])("what the browser does by itself is called %s, a %s", (title, kind, status, facts) => {
  expect(actsOf([response(DEVICE, status, facts)])).toMatchObject([{ title, kind }]);
});

test("a request that the browser sends again, after its device has proved itself, is one act with its first attempt", () => {
  const resent = (request: string, redirectsTo: string) =>
    response(request, 307, { redirectsTo, did: "untouched", device: "resent" });
  expect(
    arrange(
      resent(`POST ${FORM}.data`, `${FORM}.data`),
      asked(),
      proved(),
      redirect(`POST ${FORM}.data`, FORM),
      response(`GET ${FORM}.data`),
    ),
  ).toEqual([
    [SENT, `POST ${FORM}.data`, `POST ${FORM}.data`, `GET ${FORM}.data`],
    ["This device proved itself", DEVICE, DEVICE],
  ]);
  const signedIn = response(`POST ${FORM}`, 303, { did: "regenerated", calls: SIGN_IN });
  expect(arrange(resent(`POST ${FORM}`, FORM), signedIn)[0]?.[0]).toBe("You signed in");
  expect(arrange(resent(`GET ${FORM}`, FORM), redirect(`POST ${FORM}`, "/"))).toHaveLength(2);
});

test.each<[string, Partial<InspectedResponse>]>([
  ["You signed in", { did: "regenerated", calls: SIGN_IN }],
  ["You signed in", { did: "destroyed", calls: ["destroy()", ...SIGN_IN] }],
  ["You signed out", { did: "destroyed", calls: ['get("theme")', "destroy()"] }],
  ["You signed out", { did: "destroyed", calls: ["destroy()"], status: 503 }],
  ["You signed out", { did: "destroyed", calls: ["destroy()", ...SIGN_IN], status: 503 }],
  ["You asked to sign out devices", { did: "stored", calls: ["revoke()", 'flash("success")'] }],
  ["You asked to sign out devices", { did: "regenerated", calls: ["regenerate()", 'set("provedAt")', "revoke()"] }],
  ["Your session got a new id", { did: "regenerated", calls: ["regenerate()", 'set("provedAt")'] }],
  [SENT, { calls: ['get("user")'] }],
])("it is called %o, by what has come of it: %o", (title, facts) => {
  expect(arrange(response(`POST ${FORM}/page`, 303, facts))[0]).toEqual([title, `POST ${FORM}/page`]);
});

test.each<[string, number, Partial<InspectedResponse>]>([
  [`Your form to ${FORM} was refused`, 403, { calls: ["revoke()"] }],
  [`Your form to ${FORM} was refused`, 422, {}],
  [`Too many attempts on ${FORM}`, 429, {}],
  [`Your form to ${FORM} was not saved`, 503, { did: "failed", error: "store-error", calls: SIGN_IN }],
  [`Your form to ${FORM} was not saved`, 409, { did: "failed", error: "replaced", calls: ["destroy()", ...SIGN_IN] }],
  [`Your form to ${FORM} failed`, 503, { calls: ["revoke()"] }],
])("what was not done is not called done: %s, with %i", (title, status, facts) => {
  expect(arrange(response(`POST ${FORM}`, status, facts))[0]?.[0]).toBe(title);
});

test("a request of another site is called that, and a form that is no demonstration's is named by its address", () => {
  for (const method of ["POST", "GET"])
    expect(arrange(response(`${method} ${FORM}`, 403, { did: "refused" }))[0]).toContain("Another site sent a request");
  expect(arrange(response(`POST ${FORM}s`))[0]).toContain(`You sent a form to ${FORM}s`);
});

test("an act is a read, a write or a problem, and a page that was not found is no read among others", () => {
  const responses = [
    response("GET /"),
    response("GET /nowhere", 404),
    response("GET /", 200, { did: "failed" }),
    response(`POST ${FORM}`, 200, { did: "unchanged" }),
    response("GET /", 200, { did: "renewed" }),
    response("GET /"),
  ];
  const kinds = actsOf(responses).map(({ kind }) => kind);
  expect(kinds.reverse()).toEqual(["read", "problem", "problem", "write", "write", "read"]);
});
