/**
 * What this app stores in a visitor's session. Add a key here first: any other does not compile.
 * Type aliases, not interfaces, because only an alias is assignable to Remix's `Record`-shaped session types.
 */

import type { ReturnTo } from "~/routes/account_.note/return-to";

/** Stored until it is changed or the session ends. */
export type SessionData = {
  theme: "light" | "dark";
  /** Who is signed in. The D1 and Durable Object stores list a user's sessions by this key. */
  user: string;
  /** The browser that signed in, as its user knows it: "Firefox on Linux". */
  device: string;
  /** When the user last proved who they are, in seconds since 1970: app/lib/prove-it.ts. */
  provedAt: number;
  /** The page that sent this visitor to sign in: app/lib/return-to.ts. */
  returnTo: ReturnTo;
  /** The note of /account/note. */
  note: string;
};

/** Stored until it has been shown once. */
export type SessionFlashData = { success: string; error: string };
