/** For `page.evaluate`: of the texts in the code figures that match the pattern, those that are broken over two lines. */
export function findBroken({ pattern, except }: { pattern: string; except?: string }): string[] {
  const found: string[] = [];
  for (const line of document.querySelectorAll(".code-line")) {
    const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (except && text.parentElement?.closest(except)) continue;
      for (const { index, 0: match } of (text.textContent ?? "").matchAll(new RegExp(pattern, "g"))) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + match.length);
        if (range.getClientRects().length > 1) found.push(match);
      }
    }
  }
  return found;
}
