/** The form of /account for a visitor who is not signed in. */
import { Form } from "@remix-run/react";
import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "./error-summary";
import { Field } from "./field";

export function SignInForm({ refused }: { refused: RefusedForm | undefined }) {
  return (
    <div className="max-w-prose space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form method="post" action="/account" noValidate className="space-y-5">
        <Field
          name="name"
          label="Name"
          autoComplete="username"
          defaultValue={refused?.values.name}
          error={refused?.errors.name}
        />
        <button type="submit" name="intent" value="sign-in" className="button">
          Sign in
        </button>
      </Form>
    </div>
  );
}
