/** Two ways to change the session: the theme, which stays, and a message, which is shown once. */
import { useActionData, useFetcher } from "@remix-run/react";
import { demonstrations } from "~/demonstrations";
import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";

const ACTION = "/?index";
const THEME = "/theme-toggle";

export function TryIt() {
  // Set only if the change could not be saved: the action answers every other form with a message.
  const refused = useActionData() as RefusedForm | undefined;
  return (
    <section aria-labelledby="try" className="try-it">
      <h2 id="try" className="heading-2">
        Change it
      </h2>
      {demonstrations.some(({ path }) => path === THEME) && <ThemeButtons />}
      <div>
        <p className="kicker">session.flash("success", …)</p>
        {refused && <ErrorSummary errors={refused.errors} />}
        <Form method="post" action={ACTION} preventScrollReset noValidate className="name-form">
          <Field
            name="name"
            label="Your name"
            autoComplete="name"
            maxLength={40}
            error={undefined}
            defaultValue={refused?.values.name}
          />
          <SubmitButton action={ACTION} sending="Sending…">
            Send
          </SubmitButton>
        </Form>
      </div>
    </section>
  );
}

/** Posts to the theme's route, known here only by its address. It shares the header's fetcher, so that both show a choice at once. */
function ThemeButtons() {
  const fetcher = useFetcher({ key: "theme" });
  return (
    <fetcher.Form method="post" action={THEME}>
      <p className="kicker">session.set("theme", …)</p>
      <input type="hidden" name="redirectTo" value="/" />
      <div className="choices">
        {["Light", "Dark", "System"].map((name) => (
          <button key={name} type="submit" name="theme" value={name.toLowerCase()} className="button" data-kind="quiet">
            {name}
          </button>
        ))}
      </div>
    </fetcher.Form>
  );
}
