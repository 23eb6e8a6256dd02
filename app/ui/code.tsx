/** Functions from this app's own source, found by scripts/snippets.js, with a link to the whole file in the repository. */
import { Fragment, useRef } from "react";
import { CopyButton } from "./copy-button";

export interface Snippet {
  file: string;
  /** The file's address in the repository that package.json names. */
  link: string | null;
  /** Highlighted at build time: spans with the classes of highlight.js. */
  html: string;
}

type CodeProps = { title: string; snippet: Snippet };

/** Always open, in a section with a heading of its own. */
export function Code({ title, snippet }: CodeProps) {
  return (
    <figure className="code">
      <figcaption>
        <h3 className="font-semibold">{title}</h3>
        <FileName {...snippet} />
      </figcaption>
      <Source html={snippet.html} />
    </figure>
  );
}

/** Folded code: one piece is open at a time, the first one at the start. The browser does that without a script. */
export function CodeList({ of }: { of: [title: string, snippet: Snippet][] }) {
  return (
    <section aria-label="The code" className="code">
      {of.map(([title, snippet], index) => (
        <FoldedCode key={title} title={title} snippet={snippet} isOpen={index === 0} />
      ))}
    </section>
  );
}

function FoldedCode({ title, snippet, isOpen }: CodeProps & { isOpen: boolean }) {
  const figure = useRef<HTMLElement>(null);
  return (
    <details name="code" open={isOpen}>
      <summary>
        <h2 className="inline">{title}</h2>
      </summary>
      <figure ref={figure}>
        <figcaption>
          <FileName {...snippet} />
        </figcaption>
        {/* Copies the text that is shown, so that the server does not send it twice. */}
        <CopyButton what="code" text={() => figure.current?.querySelector("pre")?.textContent ?? ""} />
        <Source html={snippet.html} />
      </figure>
    </details>
  );
}

function FileName({ file, link }: Snippet) {
  // Breaks after a slash if it must, not inside a name.
  const parts = file.split("/").map((part, depth) => (
    <Fragment key={part}>
      {depth > 0 && "/"}
      <wbr />
      {part}
    </Fragment>
  ));
  const name = <code>{parts}</code>;
  return link ? (
    // High enough for a fingertip.
    <a href={link} className="link inline-block leading-7">
      {name}
    </a>
  ) : (
    name
  );
}

function Source({ html }: Pick<Snippet, "html">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it; paper cannot, so there the lines wrap
    <pre tabIndex={0} className="wrap-anywhere print:whitespace-pre-wrap">
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own source, escaped by highlight.js */}
      <code dangerouslySetInnerHTML={{ __html: html }} />
    </pre>
  );
}
