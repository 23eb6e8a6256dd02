/** The form of /account for a visitor who is not signed in. */
import { Form, useLocation } from "@remix-run/react";
import type { RefusedForm } from "~/lib/refused-form";
import { signInAction } from "~/lib/sign-in-form";
import { ErrorSummary } from "./error-summary";
import { Field } from "./field";

export function SignInForm({ refused }: { refused: RefusedForm | undefined }) {
  const { search } = useLocation();
  return (
    <div className="max-w-prose space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form method="post" action={signInAction(search)} noValidate className="space-y-5">
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
        <button type="submit" name="intent" value="sign-in" className="button">
          Sign in
        </button>
      </Form>
    </div>
  );
}
