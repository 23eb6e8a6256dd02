/** The form of /form-flash. `noValidate`, because the browser's own messages would hide the server's, which this page shows. */
import { useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";

const ACTION = "/form-flash";
const SENT = { isSent: true };

/** `refused` is what the server sent back; nothing for a new form or an accepted one. */
export function ContactForm({ refused }: { refused: RefusedForm | undefined }) {
  const { form, note } = useResetOnceAccepted();
  const { values: { name = "", email = "", message = "" } = {}, errors = {} } = refused ?? {};
  return (
    <div className="space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form ref={form} onSubmit={note} state={SENT} method="post" action={ACTION} noValidate className="space-y-5">
        <Field name="name" label="Name" autoComplete="name" defaultValue={name} error={errors.name} />
        <Field name="email" label="Email" type="email" autoComplete="email" defaultValue={email} error={errors.email} />
        <Field name="message" label="Message" rows={5} defaultValue={message} error={errors.message} />
        <SubmitButton action={ACTION} sending="Sending…">
          Send message
        </SubmitButton>
      </Form>
    </div>
  );
}

/** With a script the page stays, so this empties an accepted form. The redirect drops the state that the form was sent with. */
function useResetOnceAccepted() {
  const form = useRef<HTMLFormElement>(null);
  const { key, state } = useLocation();
  // Where it was sent. Not any new location: the menu's link to this page must leave alone what was typed.
  const sentAt = useRef<string>();
  useEffect(() => {
    if (sentAt.current === undefined || sentAt.current === key) return;
    sentAt.current = undefined;
    if (!state?.isSent) form.current?.reset();
  }, [key, state]);
  const note = () => {
    sentAt.current = key;
  };
  return { form, note };
}
