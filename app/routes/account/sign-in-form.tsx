/** The form of /account for a visitor who is not signed in. */
import { useLocation } from "@remix-run/react";
import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";
import { signInAction } from "./check-sign-in";

export function SignInForm({ refused }: { refused: RefusedForm | undefined }) {
  const action = signInAction(useLocation().search);
  return (
    <div className="max-w-prose space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form method="post" action={action} noValidate className="space-y-5">
        <Field
          name="name"
          label="Name"
          autoComplete="username"
          defaultValue={refused?.values.name}
          error={refused?.errors.name}
        />
        <div className="flex items-start gap-3">
          <input
            type="checkbox"
            id="stay"
            name="stay"
            defaultChecked={refused?.values.stay === "on"}
            aria-describedby="stay-hint"
            className="mt-1 size-5"
          />
          <div>
            <label htmlFor="stay" className="font-semibold">
              Stay signed in
            </label>
            <p id="stay-hint" className="text-muted">
              For 30 days. Otherwise until you close the browser, or do nothing for 30 to 60 minutes.
            </p>
          </div>
        </div>
        <SubmitButton action={action} name="intent" value="sign-in" sending="Signing in…">
          Sign in
        </SubmitButton>
      </Form>
    </div>
  );
}
