import { expect, test } from "vitest";
import type { InspectedResponse } from "./inspector";
import { foldReads, visitsOf } from "./timeline";

let at = 0;
type Facts = Partial<InspectedResponse> & { to?: string; did?: InspectedResponse["outcome"]["did"] };

function response(request: string, status: number, { to, did = "read", ...facts }: Facts = {}): InspectedResponse {
  const [method = "", path = ""] = request.split(" ");
  at += 100;
  return {
    id: `${request} ${at}`,
    at,
    method,
    path,
    status,
    outcome: { did, changed: [] },
    calls: [],
    changes: [],
    headers: to ? [["Location", to]] : [],
    serverTiming: "",
    ...facts,
  };
}

/** Of responses in the order of their requests: the title of each visit, and its requests. */
const arrange = (...responses: InspectedResponse[]) =>
  visitsOf([...responses].reverse())
    .reverse()
    .map(({ title, responses }) => [title, ...responses.map(({ method, path }) => `${method} ${path}`)]);

test("a write and the page that it leads to are one visit, also where a script asks for its data, and with redirects between", () => {
  expect(
    arrange(
      response("POST /form-flash", 303, { to: "/form-flash?cookie=sent", did: "stored" }),
      response("GET /form-flash", 200, { did: "stored" }),
      response("GET /form-flash", 200),
      response("POST /theme-toggle", 303, { to: "/?cookie=sent", did: "stored" }),
      response("GET /_root.data", 303, { to: "/" }),
      response("GET /_root.data", 200),
      response("GET /account", 200),
    ),
  ).toEqual([
    ["You sent the form", "POST /form-flash", "GET /form-flash"],
    ["You opened /form-flash", "GET /form-flash"],
    ["You chose a theme", "POST /theme-toggle", "GET /_root.data", "GET /_root.data"],
    ["You opened /account", "GET /account"],
  ]);
});

test("a page that was opened much later, or another one, is a visit of its own", () => {
  expect(
    arrange(
      response("POST /theme-toggle", 303, { to: "/", did: "stored" }),
      response("GET /account", 200),
      response("POST /theme-toggle", 303, { to: "/", did: "stored" }),
      response("GET /", 200, { at: at + 60_000 }),
    ),
  ).toHaveLength(4);
});

test("reads in a row are one entry, between the visits that wrote", () => {
  const read = () => response("GET /", 200);
  const write = () => response("POST /theme-toggle", 400, { did: "unchanged" });
  const folded = foldReads(visitsOf([read(), read(), write(), read(), response("GET /", 200, { did: "renewed" })]));
  expect(folded.map((entry) => (Array.isArray(entry) ? entry.length : entry.title))).toEqual([
    2,
    "You chose a theme",
    1,
    "You opened /",
  ]);
});

test("signing in and out, and a request of another site, are called that", () => {
  expect(
    arrange(
      response("POST /account", 303, { calls: ["regenerate()", 'set("user")'] }),
      response("POST /account", 303, { calls: ['get("theme")', "destroy()"] }),
      response("POST /account", 403, { did: "refused" }),
    ).flat(),
  ).toEqual(expect.arrayContaining(["You signed in", "You signed out", "Another site sent a request"]));
});

test("a visit to a form's own page is named in the visitor's words", () => {
  expect(arrange(response("POST /account/note.data", 422))).toEqual([
    ["You sent your note", "POST /account/note.data"],
  ]);
});
