/** The rules of the demonstration form, and what a visitor reads if a field breaks one. */
import * as v from "valibot";
import type { FormFields } from "~/lib/form-fields";
import { hasHiddenCharacter } from "~/lib/hidden-character";

/** A missing field counts as an empty one. */
function required(missing: string, limit: number, tooLong: string) {
  return v.pipe(v.optional(v.string(), ""), v.trim(), v.nonEmpty(missing), v.maxLength(limit, tooLong));
}

const ContactSchema = v.object({
  name: v.pipe(
    required("Enter your name", 100, "Your name must be 100 characters or fewer"),
    v.check((name) => !hasHiddenCharacter(name), "Your name has a hidden character in it. Type it again"),
  ),
  email: v.pipe(
    required("Enter your email address", 254, "Your email address must be 254 characters or fewer"),
    v.email("Enter an email address in the correct format, like name@example.com"),
  ),
  message: required("Enter a message", 2000, "Your message must be 2,000 characters or fewer"),
});

/** The form's fields, in the order of the page. */
export const contactFields = Object.keys(ContactSchema.entries) as (keyof Contact)[];

export type Contact = v.InferOutput<typeof ContactSchema>;

/** The first error of each field, in the order of the page. */
export type ContactErrors = { [Field in keyof Contact]?: string };

/** Checks a posted form. Returns the trimmed values, or for each invalid field one sentence that says what to do. */
export function checkContact(
  fields: FormFields,
): { contact: Contact; errors?: undefined } | { contact?: undefined; errors: ContactErrors } {
  const result = v.safeParse(ContactSchema, fields, { abortPipeEarly: true });
  if (result.success) return { contact: result.output };

  const { nested = {} } = v.flatten<typeof ContactSchema>(result.issues);
  const errors: ContactErrors = {};
  for (const name of contactFields) {
    const first = nested[name]?.[0];
    if (first) errors[name] = first;
  }
  return { errors };
}
