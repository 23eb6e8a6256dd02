import { expect, test } from "vitest";
import { formFields } from "./form-fields";

function post(body: BodyInit, type?: string) {
  const headers: HeadersInit = type ? { "Content-Type": type } : {};
  return { request: new Request("https://app.example/", { method: "POST", body, headers }) };
}

test("reads the text fields of a form in either encoding", async () => {
  const multipart = new FormData();
  multipart.set("name", "Ada");

  expect(await formFields(post(multipart))).toEqual({ name: "Ada" });
  expect(await formFields(post(new URLSearchParams({ name: "Ada" })))).toEqual({ name: "Ada" });
});

test("takes the first of several values", async () => {
  expect(await formFields(post(new URLSearchParams("theme=dark&theme=light")))).toEqual({ theme: "dark" });
});

test("leaves out a file sent in place of a string", async () => {
  const form = new FormData();
  form.set("name", new File(["Ada"], "ada.txt"));

  expect(await formFields(post(form))).toEqual({});
});

test.each([
  ["JSON", '{"name":"Ada"}', "application/json"],
  ["plain text", "name=Ada", "text/plain"],
  ["a multipart body without its boundary", "name=Ada", "multipart/form-data"],
  ["a multipart body that is cut off", "--b\r\nContent-Disposition: form-data", "multipart/form-data; boundary=b"],
])("%s has no fields", async (_, body, type) => {
  expect(Object.keys(await formFields(post(body, type)))).toEqual([]);
});

test("a field may have the name of a property that every object has", async () => {
  const fields = await formFields(post("__proto__=a&constructor=b", "application/x-www-form-urlencoded"));

  expect(Object.entries(fields)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test("4.9 leaves the fields in the context, so that a form can be drawn again without reading its body twice", async () => {
  const context: { submitted?: Record<string, string> } = {};
  await formFields({ ...post(new URLSearchParams({ name: "Ada" })), context });
  expect(context.submitted).toEqual({ name: "Ada" });
});
