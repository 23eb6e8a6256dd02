/**
 * A posted form as plain strings. `request.formData()` alone throws on a body that is not a form (a 500 that anyone
 * can cause) and returns a File where a string was expected.
 * To lift: copy the file; it needs nothing.
 */

/**
 * Returns the text fields of a posted form: the first value of each name, files left out.
 * Returns `null`, and never throws, if the body is not a form that can be read.
 */
export async function formFields(request: Request): Promise<Record<string, string> | null> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    return null;
  }

  // No prototype: a field named "__proto__" is then a field like any other.
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of form) {
    if (typeof value === "string" && !(name in fields)) fields[name] = value;
  }
  return fields;
}
