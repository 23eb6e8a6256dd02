/** The timeline's filter and its Clear button, and where to start if there is no timeline yet. */
import { Link } from "@remix-run/react";
import { demonstrations } from "~/demonstrations";
import { Form, SubmitButton } from "~/ui/form";
import type { Act } from "./acts";

const filters = { "": "All", write: "Writes", problem: "Problems" };

/** Anything else in the address shows all. */
export const filterOf = (show: string | null) => (show && Object.hasOwn(filters, show) ? show : "");

export const isShown = (show: string) => (act: Pick<Act, "kind">) => show === "" || act.kind === show;

/** Links and a plain form, so that they work without JavaScript. */
export function ListControls({ acts, show }: { acts: Pick<Act, "kind">[]; show: string }) {
  return (
    <div className="flex w-full justify-between gap-2">
      <nav aria-label="Filter" className="flex flex-wrap gap-2">
        {Object.entries(filters).map(([kind, name]) => (
          <Link key={kind} to={`?show=${kind}`} preventScrollReset aria-current={kind === show} className="pill">
            {name} {acts.filter(isShown(kind)).length}
          </Link>
        ))}
      </nav>
      <Form method="post" action="/inspector" preventScrollReset>
        <SubmitButton action="/inspector" className="pill">
          Clear
        </SubmitButton>
      </Form>
    </div>
  );
}

/** For a visitor who opens the inspector first. */
export function FirstSteps() {
  return (
    <div className="w-full">
      <p className="max-w-prose">
        Nothing yet. From now on, this page notes your requests: try one of these, then come back.
      </p>
      <ul className="mt-4 grid max-w-md gap-4">
        {demonstrations.map(
          ({ path, ticket }) =>
            ticket && (
              <li key={path} className="ticket">
                <code className="ticket-stub">{ticket.call}</code>
                <Link to={path} className="link p-4 font-bold">
                  {ticket.title}
                </Link>
              </li>
            ),
        )}
      </ul>
    </div>
  );
}
