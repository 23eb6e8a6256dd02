/**
 * What this app keeps in a visitor's session. Add a key here first: the session refuses to compile any other.
 * Type aliases and not interfaces, because only an alias is assignable to Remix's `Record`-shaped session types.
 */

/** Kept until it is changed or the session ends. */
export type SessionData = {
  theme: "light" | "dark";
  /** Who is signed in. The stores that keep records find a user's sessions by this key. */
  user: string;
  /** What the session was opened with, as its user may recognise it: "Firefox on Linux". */
  device: string;
};

/** Kept until it has been shown once. */
export type SessionFlashData = { success: string; error: string };
