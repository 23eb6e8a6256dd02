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
  const none = { redirectsTo: undefined, cookieBytes: undefined, changed: [], calls: [], changes: [], headers: [] };
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
