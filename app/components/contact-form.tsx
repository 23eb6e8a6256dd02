/** The form of /form-flash. `noValidate`: the browser's own bubbles would hide the server's answer, which is the point. */
import { Form, useNavigation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { ContactErrors } from "~/lib/contact-form";
import { ErrorSummary } from "./error-summary";
import { Field } from "./field";

type ContactFormProps = {
  /** What the server sent back, with what was typed; nothing if the form is fresh or was accepted. */
  refused: { values: Record<string, string>; errors: ContactErrors & Record<string, string> } | undefined;
};

export function ContactForm({ refused }: ContactFormProps) {
  const navigation = useNavigation();
  const isSending = navigation.state !== "idle" && navigation.formAction === "/form-flash";
  const form = useEmptyOnceAccepted(isSending, refused !== undefined);
  const { values = {}, errors = {} } = refused ?? {};

  return (
    <div className="space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form ref={form} method="post" action="/form-flash" noValidate className="space-y-5">
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
        <button
          type="submit"
          className="button"
          // `disabled` would drop the focus to the top of the page while the form is on its way.
          aria-disabled={isSending}
          onClick={(event) => isSending && event.preventDefault()}
        >
          {isSending ? "Sending…" : "Send message"}
        </button>
      </Form>
    </div>
  );
}

/** With JavaScript the page stays, and so would the text in its fields after the form was accepted. */
function useEmptyOnceAccepted(isSending: boolean, wasRefused: boolean) {
  const form = useRef<HTMLFormElement>(null);
  const wasSending = useRef(false);

  useEffect(() => {
    if (wasSending.current && !isSending && !wasRefused) form.current?.reset();
    wasSending.current = isSending;
  }, [isSending, wasRefused]);

  return form;
}
