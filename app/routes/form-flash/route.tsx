/** A message that is shown once: set in the action, before the redirect; read by the root loader of the next page. */
import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { shorten } from "~/lib/shorten";
import snippets from "~/snippets.json";
import { CodeList } from "~/ui/code";
import { PageHeading } from "~/ui/page-heading";
import { checkContact, contactFields } from "./contact";
import { ContactForm } from "./contact-form";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta(
  "Form and flash",
  "A form checked on the server, and a message that is shown exactly once.",
);

export const loader = () => snippets["form-flash"];

/** The code stays the same. */
export const shouldRevalidate = () => false;

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await formFields({ request, context }, contactFields);
  const { contact, errors } = checkContact(fields);
  if (errors) return refuseForm(422, errors, fields);

  // The next page shows the message, and can be reloaded without sending the form again.
  context.session.flash("success", `Thank you, ${shorten(contact.name, 40)}. Your message was sent.`);
  return redirect("/form-flash", 303);
}

export default function FormFlash() {
  const { setFlash, readFlash } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading kicker='session.flash("success", …)' title="A message, shown once">
        <p>
          Send the form, and the next page shows a message. Reload, and it is gone. The server checks what you type and
          then discards it.
        </p>
      </PageHeading>
      <div className="demonstration">
        <div>
          <ContactForm refused={useActionData<typeof action>()} />
        </div>
        <CodeList
          of={[
            ["Leaves the message", setFlash],
            ["Reads it on the next page", readFlash],
          ]}
        />
      </div>
    </>
  );
}
