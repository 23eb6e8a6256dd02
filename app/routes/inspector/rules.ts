/** The rule behind each call, and behind each header of device binding. */
export const RULES = "app/lib/session/RULES.md";

const rules: Record<string, [number: string, section: string]> = {
  set: ["2.3", "2-when-a-cookie-is-sent"],
  unset: ["2.3", "2-when-a-cookie-is-sent"],
  flash: ["3.1", "3-flash"],
  getFlash: ["3.3", "3-flash"],
  keepFlash: ["3.3", "3-flash"],
  regenerate: ["6.1", "6-identity"],
  destroy: ["6.2", "6-identity"],
  revoke: ["8.8", "8-stores"],
  'set("deviceBinding")': ["9.3", "9-device-binding"],
  'unset("deviceBinding")': ["9.14", "9-device-binding"],
  "Sec-Secure-Session-Id": ["9.4", "9-device-binding"],
  "Secure-Session-Response": ["9.5", "9-device-binding"],
  "Secure-Session-Challenge": ["9.5", "9-device-binding"],
  "Secure-Session-Skipped": ["9.7", "9-device-binding"],
};

/** The address of the rules, if the app's source has one. */
export const rulesIn = (sourceFolder: string | null) => (sourceFolder ? `${sourceFolder}/${RULES}` : undefined);

/** Takes a call or a header that is in the list above, such as `set("theme")`. */
export function ruleOf(step: string, sourceFolder: string | null) {
  const [number, section] = rules[step] ?? rules[step.replace(/[(:].*/s, "")] ?? [];
  return { number, link: sourceFolder ? `${rulesIn(sourceFolder)}#${section}` : undefined };
}
