/** The address of /inspector for a session that may have ended, by its name in the log. Nobody can guess that name. */

const NAME = "session";

export function inspectorPath(session: string | undefined): string {
  return session ? `/inspector?${NAME}=${session}` : "/inspector";
}

/** Returns the session that the address names. */
export function inspectedSession({ url }: Request): string | undefined {
  return new URL(url).searchParams.get(NAME) ?? undefined;
}
