/** Returns `text` cut to at most `length` characters as a reader counts them, the last one "…" if any were cut. */
export function shorten(text: string, length: number): string {
  // By graphemes: a cut inside an emoji, or between a letter and its accent, would leave another character.
  const characters = [...new Intl.Segmenter("en").segment(text)];
  if (characters.length <= length) return text;
  return `${characters
    .slice(0, length - 1)
    .map(({ segment }) => segment)
    .join("")
    .trimEnd()}…`;
}
