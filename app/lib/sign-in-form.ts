/** Where the form is sent: with the mark of app/lib/return-to.ts, if the page's own address has it. */
export function signInAction(search: string): string {
  const mark = new URLSearchParams(search).get("return");
  return mark === null ? "/account" : `/account?${new URLSearchParams({ return: mark })}`;
}

/** Checks the sign-in form. Returns the name, or one sentence that says what to do. */
export function checkSignIn(fields: Record<string, string>): { name: string } | { errors: { name: string } } {
  const name = fields.name?.trim();
  if (!name) return { errors: { name: "Enter a name" } };
  if (name.length > 40) return { errors: { name: "The name must be 40 characters or fewer" } };
  return { name };
}
