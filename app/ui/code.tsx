/** A function from this app's own source, found by scripts/snippets.js, with a link to the whole file in the repository. */

import { Fragment } from "react";

export interface Snippet {
  file: string;
  /** The file's address in the repository that package.json names. */
  link: string | null;
  /** For each line, pairs of a class for the colour ("k", "s", "c", "o" or none) and a text. */
  lines: string[][][];
}

type CodeProps = { title: string; snippet: Snippet };

export function Code({ title, snippet: { file, link, lines } }: CodeProps) {
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
      <pre>
        <code>{lines.map(drawLine)}</code>
      </pre>
    </figure>
  );
}

/** How far a line continues to the right if it is too long: below its first word, or below the text of a comment. */
function indentOf(parts: string[][]): number {
  const text = parts.map(([, text]) => text).join("");
  const [, spaces = "", comment = ""] = /^( *)(\/\/ |\* |\/\*\* )?/.exec(text) ?? [];
  return spaces.length + (comment ? comment.length : 4);
}

/** A browser breaks a line at spaces. Here also before a dot and behind a bracket, and so not within a name. */
const drawPiece = (piece: string, index: number) => (
  <Fragment key={index}>
    {index > 0 && <wbr />}
    {piece}
  </Fragment>
);

const drawLine = (parts: string[][], line: number) => (
  <span key={line} className="code-line" data-indent={indentOf(parts)}>
    {parts.map(([kind, text], part) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes
      <span key={part} className={kind || undefined}>
        {kind ? text : text?.match(/\.*[^.(]+\(*|[.(]+/g)?.map(drawPiece)}
      </span>
    ))}
    {"\n"}
  </span>
);
