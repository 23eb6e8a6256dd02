/** The files to read, in the order of a request. With links if package.json names a repository: scripts/snippets.js. */
const files = [
  { file: "worker.ts", text: "The entry. It opens the session, passes it to Remix and sends the cookie afterwards." },
  { file: "app/lib/session/README.md", text: "The folder to copy: its files, its rules, what each store cannot do." },
  { file: "app/lib/session-data.ts", text: "What the session may hold. Any other key does not compile." },
  { file: "app/root.tsx", text: "Reads the theme and the pending messages for every page." },
  { file: "app/routes/theme-toggle.tsx", text: "An action that sets a value or removes it." },
  { file: "app/routes/form-flash.tsx", text: "A form with server-side validation and a message after the redirect." },
  { file: "app/routes/account.tsx", text: "Sign-in, sign-out, and the devices of a user." },
  { file: "app/routes/inspector.tsx", text: "What your session holds. Off in production." },
  { file: "e2e/fixtures.ts", text: "For tests in a real browser, with and without JavaScript: sets a session first." },
  { file: "docs/performance.md", text: "What a request costs, and how it was measured." },
];

/** `sourceFolder` is the address of the source, if package.json names a repository. */
export function WhereToLook({ sourceFolder }: { sourceFolder: string | null }) {
  return (
    <section aria-labelledby="code" className="mt-14">
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
              {sourceFolder ? (
                <a href={`${sourceFolder}/${file}`} className="link inline-block py-0.5">
                  <code>{file}</code>
                </a>
              ) : (
                <code>{file}</code>
              )}
            </dt>
            <dd className="text-muted">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
