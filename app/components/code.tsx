/** A function from this app's own source, found by scripts/snippets.js, with a link to the whole file. */

export interface Snippet {
  file: string;
  /** The address of a copy of the file. */
  copy: string;
  /** For each line, pairs of a class for the colour ("k", "s", "c" or none) and a text. */
  lines: string[][][];
}

type CodeProps = { title: string; snippet: Snippet };

export function Code({ title, snippet: { file, copy, lines } }: CodeProps) {
  return (
    <figure className="code">
      <figcaption>
        <h2 className="font-semibold">{title}</h2>
        <a href={copy} className="link">
          <code>{file}</code>
        </a>
      </figcaption>
      <pre>
        <code>{lines.map(drawLine)}</code>
      </pre>
    </figure>
  );
}

const drawLine = (parts: string[][], line: number) => (
  <span key={line} className="code-line">
    {parts.map(([kind, text], part) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes
      <span key={part} className={kind || undefined}>
        {text}
      </span>
    ))}
    {"\n"}
  </span>
);
