/** A message that is shown once: set in the action, before the redirect; read by the root loader of the next page. */
import type { ActionFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formCode } from "~/lib/code.server";
import { redirectAfterWrite } from "~/lib/cookie-check";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { shorten } from "~/lib/shorten";
import { checkContact } from "./contact";
import { FormDemonstration } from "./page";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta(
  "Form and flash",
  "A form checked on the server, and a message that is shown exactly once.",
);

export const loader = () => formCode;

/** The code stays the same. */
export const shouldRevalidate = () => false;

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await formFields({ request, context });
  if (!fields) return refuseForm(400, { "": "Send the form on this page" });

  const result = checkContact(fields);
  if ("errors" in result) return refuseForm(422, result.errors, fields);

  // A cookie holds 4096 bytes at most, so limit what a visitor can write into it.
  const name = shorten(result.contact.name, 40);
  context.session.flash("success", `Thank you, ${name}. Your message was submitted successfully.`);

  // A page after a redirect can be reloaded without sending the form again.
  return redirectAfterWrite(context.session, "/form-flash");
}

export default function FormFlash() {
  return <FormDemonstration code={useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
