import { expect, test } from "vitest";
import { formFields } from "./form-fields";

const FORM = "application/x-www-form-urlencoded";

function post(body: BodyInit, type?: string) {
  const headers: HeadersInit = type ? { "Content-Type": type } : {};
  return { request: new Request("https://app.example/", { method: "POST", body, headers }) };
}

test("reads the text fields of a form in either encoding", async () => {
  const multipart = new FormData();
  multipart.set("name", "Ada");

  expect(await formFields(post(multipart), ["name", "email"])).toEqual({ name: "Ada" });
  expect(await formFields(post(new URLSearchParams({ name: "Ada" })), ["name", "email"])).toEqual({ name: "Ada" });
});

test("takes the first of several values", async () => {
  expect(await formFields(post(new URLSearchParams("theme=dark&theme=light")), ["theme"])).toEqual({ theme: "dark" });
});

test("leaves out a file sent in place of a string", async () => {
  const form = new FormData();
  form.append("name", new File(["Ada"], "ada.txt"));
  form.append("email", new File(["Ada"], "ada.txt"));
  form.append("email", "ada@example.com");

  expect(await formFields(post(form), ["name", "email"])).toEqual({ email: "ada@example.com" });
});

test.each([
  ["JSON", '{"name":"Ada"}', "application/json"],
  ["plain text", "name=Ada", "text/plain"],
  ["a multipart body without its boundary", "name=Ada", "multipart/form-data"],
  ["a multipart body that is cut off", "--b\r\nContent-Disposition: form-data", "multipart/form-data; boundary=b"],
  ["an empty body", "", FORM],
])("%s has no fields", async (_, body, type) => {
  expect(await formFields(post(body, type), ["name"])).toEqual({});
});

test("a body that is not there, or breaks off, has no fields", async () => {
  expect(await formFields({ request: new Request("https://app.example/", { method: "POST" }) }, ["name"])).toEqual({});
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("Network connection lost")) });
  expect(await formFields(post(broken, FORM), ["name"])).toEqual({});
});

test("a form that breaks off has no fields: half of what was typed must not be taken for all of it", async () => {
  const chunks = ["note=The first half of ", undefined];
  const breakOff = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(new TextEncoder().encode(chunk));
      else controller.error(new Error("Network connection lost"));
    },
  });
  expect(await formFields(post(breakOff, FORM), ["note"])).toEqual({});
});

test("a field that is not the form's own is dropped, so that no page sends it back", async () => {
  const body = "__proto__=a&constructor=b&toString=c&name=Ada&admin=yes";
  const context: { submitted?: Record<string, string> } = {};
  const fields = await formFields({ ...post(body, FORM), context }, ["name"]);
  expect(Object.entries(fields)).toEqual([["name", "Ada"]]);
  expect(context.submitted).toEqual({ name: "Ada" });
});

test("4.9 leaves the fields in the context, so that a form can be drawn again without reading its body twice", async () => {
  const context: { submitted?: Record<string, string> } = {};
  await formFields({ ...post(new URLSearchParams({ name: "Ada" })), context }, ["name"]);
  expect(context.submitted).toEqual({ name: "Ada" });
});

/** A form without an end. `read` says how many bytes were taken of it. */
function endless(chunk: string, headers: HeadersInit) {
  const bytes = new TextEncoder().encode(chunk);
  let read = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    read += bytes.length;
    controller.enqueue(bytes);
  };
  const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  return { request: new Request("https://app.example/", { method: "POST", body, headers }), read: () => read };
}

test.each([
  ["one long field", "a".repeat(1_000), { "Content-Type": FORM }],
  ["many fields", "a=b&".repeat(250), { "Content-Type": FORM }],
  [
    "many parts",
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n',
    {
      "Content-Type": "multipart/form-data; boundary=b",
    },
  ],
  ["what is no form", "x".repeat(1_000), { "Content-Type": "application/octet-stream" }],
  ["more than its Content-Length says", "a=b&".repeat(250), { "Content-Type": FORM, "Content-Length": "4" }],
])("%s is refused with 413, after no more was read than a form may have", async (_, chunk, headers) => {
  const { request, read } = endless(chunk, headers);
  const refusal = await formFields({ request }, ["a"]).catch((thrown: unknown) => thrown);
  expect((refusal as Response).status).toBe(413);
  expect(read()).toBeLessThan(102_000);
});

test("a form of a hundred kilobytes is accepted, and one of a byte more is not", async () => {
  const { a } = await formFields(post(`a=${"b".repeat(99_998)}`, FORM), ["a"]);
  expect(a).toHaveLength(99_998);
  await expect(formFields(post(`a=${"b".repeat(99_999)}`, FORM), ["a"])).rejects.toMatchObject({ status: 413 });
});
