import type { Snippet } from "~/ui/code";

/** Marks the lines that only one example has: `before` loses them, or `after` adds them. */
export function markChanged(before: Snippet, after: Snippet): { before: Snippet; after: Snippet } {
  return { before: markLines(before, after, "del"), after: markLines(after, before, "ins") };
}

function markLines(snippet: Snippet, other: Snippet, tag: "del" | "ins"): Snippet {
  const known = new Set(other.html.split("\n"));
  const mark = (line: string) => (known.has(line) ? line : `<${tag}>${line}</${tag}>`);
  return { ...snippet, html: snippet.html.split("\n").map(mark).join("\n") };
}
