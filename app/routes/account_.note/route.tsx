/** A page that needs sign-in, and keeps what was typed if the visitor is signed out meanwhile. */
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Link, type ShouldRevalidateFunction, useActionData, useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { requireUser, requireUserToSend } from "~/routes/account/return-to";
import { signInWatch } from "~/routes/account/sign-in";
import { SignInNotice } from "~/routes/account/sign-in-notice";
import snippets from "~/snippets.json";
import { CodeList } from "~/ui/code";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";
import { PageHeading } from "~/ui/page-heading";

const NOTE = "/account/note";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Your note", "A page that needs sign-in, and leads back to itself afterwards.");

/**
 * Loads its data again after its own form only. Otherwise, after the theme form or a return to the tab, the loader would
 * redirect a signed-out visitor and lose what they typed.
 */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, actionStatus = 200 }) =>
  formAction === NOTE && actionStatus < 400;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = requireUser({ request, context });
  return {
    user,
    note: user && context.session.get("note"),
    watch: await signInWatch(context),
    code: snippets["account_.note"],
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { note = "" } = await formFields({ request, context }, ["note"]);
  const refusal = requireUserToSend(context);
  if (refusal) return refusal;
  // A cookie holds 4096 bytes at most, so limit what a visitor can write into it.
  if (note.length > 200) return refuseForm(422, { note: "The note must be 200 characters or fewer" }, { note });
  context.session.set("note", note);
  context.session.flash("success", "Your note is saved.");
  return redirect(NOTE, 303);
}

export default function Note() {
  const { user, note, watch, code } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const mustSignIn = refused ? refused.errors["sign-in"] : !user;
  return (
    <>
      <SignInNotice watch={watch} />
      <PageHeading kicker="requireUser()" title="Your note">
        <p>
          Only for signed-in users. Others sign in first, then come back to this page. If you are signed out before you
          send the form, your text is kept.
        </p>
      </PageHeading>
      <div className="demonstration">
        <div className="space-y-6">
          {refused && <ErrorSummary errors={refused.errors} />}
          {/* In a new tab, so that this one keeps what was typed. */}
          {mustSignIn && (
            <p>
              <a id="sign-in" href="/account" target="_blank" rel="noreferrer" className="link">
                Sign in (opens a new tab)
              </a>
              , then send this again.
            </p>
          )}
          <Form method="post" action={NOTE} className="space-y-5">
            <Field
              name="note"
              label="Note"
              rows={5}
              defaultValue={refused?.values.note ?? note}
              error={refused?.errors.note}
            />
            <div className="flex flex-wrap items-center gap-5">
              <SubmitButton action={NOTE} sending="Saving…">
                Save the note
              </SubmitButton>
              <Link to="/account" className="link">
                Your account
              </Link>
            </div>
          </Form>
        </div>
        <CodeList
          of={[
            ["Sends visitors to sign in", code.requireUser],
            ["Brings them back", code.takeReturnPath],
          ]}
        />
      </div>
    </>
  );
}
