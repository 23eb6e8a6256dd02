/** The page of a message that is shown once: the form, what the browser and the server send, and the code. */
import type { RefusedForm } from "~/lib/refused-form";
import { Code, type Snippet } from "~/ui/code";
import { Exchange, type Step } from "~/ui/exchange";
import { PageHeading } from "~/ui/page-heading";
import { ContactForm } from "./contact-form";

type FormProps = {
  code: Record<"setFlash" | "readFlash", Snippet>;
  refused: RefusedForm | undefined;
};

export function FormDemonstration({ code, refused }: FormProps) {
  return (
    <>
      <PageHeading kicker='session.flash("success", …)' title="A message, shown once">
        <p>
          Send the form, and the next page shows a message. Reload, and it is gone. The server checks what you type and
          then discards it.
        </p>
      </PageHeading>

      <div className="demonstration">
        <div>
          <ContactForm refused={refused} />
          <Exchange title="What is sent" path="/form-flash" stepsOf={() => steps} />
        </div>
        <div className="space-y-6">
          <Code title="Leaves the message" snippet={code.setFlash} />
          <Code title="Reads it on the next page" snippet={code.readFlash} />
        </div>
      </div>
    </>
  );
}

const steps: Step[] = [
  { from: "browser", of: "write", line: "POST /form-flash", says: "The form, with or without JavaScript." },
  {
    from: "server",
    of: "write",
    line: "303  Location: /form-flash",
    says: (
      <>
        The action calls <code>session.flash("success", …)</code>. The message waits in the session.
      </>
    ),
  },
  { from: "browser", of: "page", line: "GET /form-flash  Cookie: …", says: "The next page, whichever it is." },
  {
    from: "server",
    of: "page",
    line: "200  Set-Cookie: …",
    says: "The message is in the HTML, and no longer in the session.",
  },
];
