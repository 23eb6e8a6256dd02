/** A message that is shown once: set in the action, before the redirect; read by the root loader of the next page. */
import { type ActionFunctionArgs, data, type MetaFunction, redirect } from "@remix-run/cloudflare";
import { useActionData } from "@remix-run/react";
import { Code } from "~/components/code";
import { ContactForm } from "~/components/contact-form";
import { ErrorPage, errorMeta } from "~/components/error-page";
import { Exchange } from "~/components/exchange";
import { PageHeading } from "~/components/page-heading";
import { checkContact } from "~/lib/contact-form";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { shorten } from "~/lib/shorten";
import { readFlash, setFlash } from "~/snippets.json";

export { ErrorPage as ErrorBoundary };

export const meta: MetaFunction = ({ error }) =>
  error
    ? errorMeta(error)
    : pageMeta("Form and flash", "A form checked on the server, and a message that is shown exactly once.");

export async function action({ request, context: { session } }: ActionFunctionArgs) {
  const fields = await formFields(request);
  if (!fields) return data({ values: {}, errors: { "": "Send the form on this page" } }, { status: 400 });

  const result = checkContact(fields);
  if ("errors" in result) return data({ values: { ...fields }, errors: result.errors }, { status: 422 });

  // The session travels in a cookie of 4096 bytes at most, so what a visitor can write into it has a limit.
  const name = shorten(result.contact.name, 40);
  session.flash("success", `Thank you, ${name}. Your message was submitted successfully.`);

  // A page that follows a redirect can be reloaded without sending the form again.
  return redirect("/form-flash", 303);
}

export default function FormFlash() {
  const refused = useActionData<typeof action>();

  return (
    <>
      <PageHeading kicker='session.flash("success", …)' title="A message, shown once">
        <p>
          Send the form and a message waits for you on the next page. Reload, and it is gone. What you type is checked
          and then thrown away.
        </p>
      </PageHeading>

      <div className="demonstration">
        <div>
          <ContactForm refused={refused} />
          <Exchange
            title="What is sent"
            steps={[
              { from: "browser", line: "POST /form-flash", says: "The form, with JavaScript or without." },
              {
                from: "server",
                line: "303  Location: /form-flash",
                says: (
                  <>
                    The action calls <code>session.flash("success", …)</code>, and the message waits in the session.
                  </>
                ),
              },
              { from: "browser", line: "GET /form-flash  Cookie: …", says: "The next page, whichever it is." },
              {
                from: "server",
                line: "200  Set-Cookie: …",
                says: "The message is in the HTML, and no longer in the session.",
              },
            ]}
          />
        </div>
        <div className="space-y-6">
          <Code title="Leaves the message" snippet={setFlash} />
          <Code title="Reads it on the next page" snippet={readFlash} />
        </div>
      </div>
    </>
  );
}
