/** The bottom of every page: what the site stores, and where its documents are. */
import { SourceLink, useSource } from "./source-link";

const documents = [
  { file: "docs", name: "Documents" },
  { file: "app/lib/session/RULES.md", name: "Guarantees" },
  { file: "LICENSE", name: "Licence" },
];

export function Footer() {
  const hasLinks = useSource() !== undefined;
  return (
    <footer className="page text-sm text-muted print:hidden">
      <div className="flex flex-wrap justify-between gap-x-8 gap-y-3 border-t border-line py-6">
        <p>
          One cookie, sent only when there is something to store: <code>HttpOnly</code>, <code>SameSite=Lax</code>. A
          session that is bound to its device has one more.
        </p>
        <ul className="flex flex-wrap gap-x-6 gap-y-1">
          {documents.map(({ file, name }) => (
            <li key={file}>
              <SourceLink file={file}>{name}</SourceLink>
              {!hasLinks && (
                <>
                  : <code>{file}</code>
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </footer>
  );
}
