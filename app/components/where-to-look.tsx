/** The files to read, in the order of a request. */
const files = [
  { file: "worker.ts", text: "The entry. It opens the session, passes it to Remix and sends the cookie afterwards." },
  { file: "app/lib/session/", text: "The folder to copy. It imports nothing from outside itself." },
  { file: "app/lib/session-data.ts", text: "What the session may hold. Any other key does not compile." },
  { file: "app/root.tsx", text: "Reads the theme and the pending messages for every page." },
  { file: "app/routes/theme-toggle.tsx", text: "An action that sets a value or removes it." },
  { file: "app/routes/form-flash.tsx", text: "A form with server-side validation and a message after the redirect." },
  { file: "app/routes/account.tsx", text: "Sign-in, sign-out, and the devices of a user." },
  { file: "app/routes/inspector.tsx", text: "What your session holds. Off in production." },
  { file: "e2e/", text: "Tests of these pages in a real browser, with and without JavaScript." },
];

export function WhereToLook() {
  return (
    <section aria-labelledby="code" className="mt-12">
      <h2 id="code" className="heading-2">
        Where to look in the code
      </h2>
      <p className="mt-2 max-w-prose text-muted">
        A request walks from <code>worker.ts</code> through <code>handleFetch</code> and Remix to a route, and back
        through <code>handleFetch</code>, which sends the cookie.
      </p>
      <dl className="ledger">
        {files.map(({ file, text }) => (
          <div key={file}>
            <dt>
              <code>{file}</code>
            </dt>
            <dd className="text-muted">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
