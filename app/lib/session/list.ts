/** The members of a header that is a list, such as Cache-Control. */

/** In characters. Nobody sends a longer one, unless to make us read it (P6). */
const LIMIT = 4_000;

/** A comma in a quoted string separates nothing. It takes one step for each character. */
export function listOf(header: string | null | undefined): string[] {
  const text = header?.slice(0, LIMIT) ?? "";
  const members: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted && sign === "\\") index++;
    else if (!isQuoted && sign === ",") {
      members.push(text.slice(start, index));
      start = index + 1;
    }
  }
  members.push(text.slice(start));
  return members.map((member) => member.trim()).filter((member) => member !== "");
}
