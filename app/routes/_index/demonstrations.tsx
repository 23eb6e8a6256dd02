/** The demonstrations, as tickets that lead to them. */
import { Link } from "@remix-run/react";

const demonstrations = [
  {
    to: "/theme-toggle",
    name: "Choose a theme",
    does: "set",
    text: "A value that stays. The server renders the theme into the HTML, so the page never flickers.",
  },
  {
    to: "/form-flash",
    name: "Send a form",
    does: "flash",
    text: "A message that is shown once: set before a redirect, read on the next page, gone after that.",
  },
  {
    to: "/account",
    name: "Sign in and out",
    does: "destroy",
    text: "A new id at sign-in, a sign-out that is final, and a list of devices, if the store can list them.",
  },
];

export function Demonstrations() {
  return (
    <section aria-labelledby="demonstrations" className="mt-14">
      <h2 id="demonstrations" className="heading-2">
        Demonstrations
      </h2>
      <ul className="mt-4 grid gap-5 lg:grid-cols-3">
        {demonstrations.map(({ to, name, does, text }) => (
          <li key={to} className="ticket">
            <span className="ticket-stub">
              <code>{does}</code>
            </span>
            <div className="p-5">
              <h3 className="text-lg font-bold">
                <Link to={to} className="link">
                  {name}
                </Link>
              </h3>
              <p className="mt-1 text-muted">{text}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
