/** The three demonstrations, as tickets that lead to them. */
import { Link } from "@remix-run/react";

const demonstrations = [
  {
    to: "/theme-toggle",
    name: "Choose a theme",
    keeps: "set",
    text: "A value that stays. The server renders the theme into the HTML, so no other theme flashes up.",
  },
  {
    to: "/form-flash",
    name: "Send a form",
    keeps: "flash",
    text: "A message that is shown once: set before a redirect, read on the next page, gone after that.",
  },
  {
    to: "/account",
    name: "Sign in and out",
    keeps: "user",
    text: "A new id at sign-in, a sign-out that is final, and a list of devices if the store can make one.",
  },
];

export function Demonstrations() {
  return (
    <section aria-labelledby="demonstrations" className="mt-12">
      <h2 id="demonstrations" className="heading-2">
        Three demonstrations
      </h2>
      <ul className="mt-4 grid gap-5 lg:grid-cols-3">
        {demonstrations.map(({ to, name, keeps, text }) => (
          <li key={to} className="ticket">
            <span className="ticket-stub">
              <code>{keeps}</code>
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
