const markOf = (search: string) => new URLSearchParams(search).get("return");

/** Whether another page has led here: its mark, of app/lib/return-to.ts, is in the address. */
export const isReturnExpected = (search: string): boolean => markOf(search) !== null;

/** Where the form is sent: with that mark. */
export function signInAction(search: string): string {
  const mark = markOf(search);
  return mark === null ? "/account" : `/account?${new URLSearchParams({ return: mark })}`;
}

/** Checks the sign-in form. Returns the name, or one sentence that says what to do. */
export function checkSignIn(fields: Record<string, string>): { name: string } | { errors: { name: string } } {
  const name = fields.name?.trim();
  if (!name) return { errors: { name: "Enter a name" } };
  if (name.length > 40) return { errors: { name: "The name must be 40 characters or fewer" } };
  return { name };
}
