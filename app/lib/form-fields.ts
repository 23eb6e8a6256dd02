/**
 * A posted form as plain strings. `request.formData()` alone throws on a body that is not a form (a 500 that anyone can
 * cause) and returns a File where you expect a string.
 * To lift: copy the file; it needs nothing.
 */

export type FormFields = Record<string, string>;

/**
 * Returns the text fields of a posted form: the first value of each name, without files. A body that is not a form has
 * none. Never throws.
 *
 * Leaves them in `context.submitted` as well. The body can be read only once, and app/lib/not-saved.ts needs the fields
 * to draw the form again.
 */
export async function formFields({
  request,
  context,
}: {
  request: Request;
  context?: { submitted?: FormFields };
}): Promise<FormFields> {
  // Without a prototype, so that "__proto__" is a field like any other.
  const fields: FormFields = Object.create(null);
  for (const [name, value] of await request.formData().catch(() => [])) {
    if (typeof value === "string" && !(name in fields)) fields[name] = value;
  }
  if (context) context.submitted = fields;
  return fields;
}
