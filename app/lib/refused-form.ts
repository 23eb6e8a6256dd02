/** How every action of this app sends a form back: what was typed, and what is wrong with it. */
import { data } from "@remix-run/cloudflare";
import type { FormFields } from "./form-fields";

/** Both by the name of the field. The error under "" is about the whole form. */
export type RefusedForm = { values: FormFields; errors: Record<string, string> };

/** Returns the response of an action that did not accept a form. The page draws it with components/error-summary.tsx. */
export function refuseForm(status: number, errors: RefusedForm["errors"], values: RefusedForm["values"] = {}) {
  return data<RefusedForm>({ values, errors }, { status });
}
