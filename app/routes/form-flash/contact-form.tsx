/** The form of /form-flash. `noValidate`, because the browser's own messages would hide the server's, which it is about. */
import { Form } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { RefusedForm } from "~/lib/refused-form";
import { useOnceDrawn, whenFormEnds } from "~/lib/router";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { SubmitButton } from "~/ui/submit-button";

const ACTION = "/form-flash";

/** `refused` is what the server sent back; nothing for a new form or an accepted one. */
export function ContactForm({ refused }: { refused: RefusedForm | undefined }) {
  const form = useResetOnceAccepted();
  const { values = {}, errors = {} } = refused ?? {};

  return (
    <div className="space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form ref={form} method="post" action={ACTION} noValidate className="space-y-5">
        <Field name="name" label="Name" autoComplete="name" defaultValue={values.name} error={errors.name} />
        <Field
          name="email"
          label="Email"
          type="email"
          autoComplete="email"
          defaultValue={values.email}
          error={errors.email}
        />
        <Field name="message" label="Message" rows={5} defaultValue={values.message} error={errors.message} />
        <SubmitButton action={ACTION} sending="Sending…">
          Send message
        </SubmitButton>
      </Form>
    </div>
  );
}

/**
 * With JavaScript the page stays, and its fields would keep their text after the form was accepted. They keep it without an
 * answer: a link that does not wait for it aborts the request.
 */
function useResetOnceAccepted() {
  const form = useRef<HTMLFormElement>(null);
  const onceDrawn = useOnceDrawn();
  useEffect(
    () =>
      whenFormEnds(({ action, outcome }) => {
        // The fields of the page that is drawn then are empty at first.
        if (action === ACTION && outcome === "redirected") onceDrawn(() => form.current?.reset());
      }),
    [onceDrawn],
  );
  return form;
}
