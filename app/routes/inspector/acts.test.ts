import { expect, test } from "vitest";
import { actsOf } from "./acts";
import type { InspectedResponse } from "./inspect";

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
      redirect("POST /form-flash.data", "/form-flash"),
      response("GET /form-flash", 200, { did: "stored" }),
      redirect("POST /theme-toggle", "/"),
      redirect("GET /_root.data", "/"),
      response("GET /_root.data"),
      response("GET /account"),
    ),
  ).toEqual([
    ["You sent the form", "POST /form-flash.data", "GET /form-flash"],
    ["You chose a theme", "POST /theme-toggle", "GET /_root.data", "GET /_root.data"],
    ["You opened /account", "GET /account"],
  ]);
});

test("a page that another tab opens in between, or that is opened much later, is an act of its own", () => {
  expect(
    arrange(
      redirect("POST /theme-toggle", "/"),
      response("GET /account"),
      response("GET /"),
      redirect("POST /theme-toggle", "/"),
      response("GET /", 200, { at: at + 60_000 }),
    ),
  ).toEqual([
    ["You chose a theme", "POST /theme-toggle", "GET /"],
    ["You opened /account", "GET /account"],
    ["You chose a theme", "POST /theme-toggle"],
    ["You opened /", "GET /"],
  ]);
});

test("reads in a row are one act, between those that wrote", () => {
  const write = response("POST /theme-toggle", 400, { did: "unchanged" });
  const renewal = response("GET /", 200, { did: "renewed" });
  expect(arrange(renewal, response("GET /"), write, response("GET /"), response("GET /account"))).toEqual([
    ["You opened /", "GET /"],
    ["You opened /", "GET /"],
    ["You chose a theme", "POST /theme-toggle"],
    ["2 reads", "GET /", "GET /account"],
  ]);
});

test.each([
  ["You signed in", ["regenerate()", 'set("user")']],
  ["You signed in", ["destroy()", "regenerate()"]],
  ["You signed out", ['get("theme")', "destroy()"]],
  ["You signed out other devices", ["regenerate()", "revoke()", 'flash("success")']],
  ["You used your account", ['get("user")']],
])("it is called %o if the app called %o", (title, calls) => {
  expect(arrange(response("POST /account/note", 303, { calls }))).toEqual([[title, "POST /account/note"]]);
});

test("a request of another site is called that, and a form that is no demonstration's is named by its address", () => {
  expect(arrange(response("POST /theme-toggle", 403, { did: "refused" }))[0]).toContain("Another site sent a request");
  expect(arrange(response("POST /accounts", 404))[0]).toContain("You sent a form to /accounts");
});
