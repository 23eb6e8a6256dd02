/** Functions from this app's own source, found by scripts/snippets.js, with a link to the whole file in the repository. */

export interface Snippet {
  file: string;
  /** The file's address in the repository that package.json names. */
  link: string | null;
  /** Highlighted at build time: spans with the classes of highlight.js. */
  html: string;
}

type CodeProps = { title: string; snippet: Snippet };

export function Code({ title, snippet: { file, link, html } }: CodeProps) {
  return (
    <figure className="code">
      <figcaption>
        <h2 className="font-semibold">{title}</h2>
        {link ? (
          <a href={link} className="link">
            <code>{file}</code>
          </a>
        ) : (
          <code>{file}</code>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it */}
      <pre tabIndex={0}>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own source, escaped by highlight.js */}
        <code dangerouslySetInnerHTML={{ __html: html }} />
      </pre>
    </figure>
  );
}
