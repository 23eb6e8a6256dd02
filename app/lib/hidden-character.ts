/**
 * Whether the text has a character that nobody sees: a control character, a line break, a zero-width space, a blank that counts
 * as a letter, or one that changes the direction of the text after it, so that one name looks like another.
 */
export function hasHiddenCharacter(text: string): boolean {
  // Emoji, Persian and the scripts of India need these. After a Latin letter they do nothing.
  const withoutJoiners = text.replace(/(?<=[^\p{Script=Latin}\s])(\u200c|\u200d|\ufe0f)/gu, "");
  return /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/u.test(withoutJoiners);
}
