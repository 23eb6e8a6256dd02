/** The page of a user's note: the form, also for somebody who is no longer signed in, and the code. */
import { Link } from "@remix-run/react";
import type { RefusedForm } from "~/lib/refused-form";
import type { SignInWatch } from "~/routes/account/live-sign-out";
import { SignInNotice, useSignInState } from "~/routes/account/sign-in-notice";
import { Code, type Snippet } from "~/ui/code";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";
import { PageHeading } from "~/ui/page-heading";

type NoteProps = {
  /** Nobody, while a form is shown again that needs sign-in. */
  user: string | undefined;
  note: string | undefined;
  watch: SignInWatch | undefined;
  code: Record<"requireUser" | "takeReturnTo", Snippet>;
  refused: RefusedForm | undefined;
};

export function NoteDemonstration({ user, note, watch, code, refused }: NoteProps) {
  const state = useSignInState(watch);
  return (
    <>
      <SignInNotice state={state} />
      <PageHeading kicker="requireUser()" title="Your note">
        <p>
          Only for signed-in users. Everybody else signs in first, and then comes back to this very address. If you are
          signed out by the time you send the form, your text is kept.
        </p>
      </PageHeading>
      <div className="demonstration">
        <div className="max-w-prose space-y-6">
          {refused && <ErrorSummary errors={refused.errors} />}
          {/* In another tab, so that this one keeps what was typed. */}
          {(refused ? refused.errors["sign-in"] : !user) && (
            <p>
              <a id="sign-in" href="/account" target="_blank" rel="noreferrer" className="link">
                Sign in in a new tab
              </a>
              , and then send it again.
            </p>
          )}
          <Form method="post" action="/account/note" className="space-y-5">
            <Field
              name="note"
              label="Note"
              rows={5}
              defaultValue={refused?.values.note ?? note}
              error={refused?.errors.note}
            />
            <div className="flex flex-wrap items-center gap-5">
              <SubmitButton action="/account/note" sending="Saving…">
                Save the note
              </SubmitButton>
              <Link to="/account" className="link">
                Your account
              </Link>
            </div>
          </Form>
        </div>
        <div className="space-y-6">
          <Code title="Sends visitors to sign in" snippet={code.requireUser} />
          <Code title="Brings them back" snippet={code.takeReturnTo} />
        </div>
      </div>
    </>
  );
}
