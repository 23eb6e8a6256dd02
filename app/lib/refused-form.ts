/** How every action of this app sends a form back: what was typed, and what is wrong with it. */
import { data } from "@remix-run/cloudflare";

/** Both by the name of the field. The error under "" is about the whole form. */
export type RefusedForm = { values: Record<string, string>; errors: Record<string, string> };

/** Returns the response of an action that did not accept a form. The page draws it with components/error-summary.tsx. */
export function refuseForm(status: number, errors: RefusedForm["errors"], values: RefusedForm["values"] = {}) {
  // Copied, because single fetch cannot send an object without a prototype, such as the one from formFields.
  return data<RefusedForm>({ values: { ...values }, errors }, { status });
}
