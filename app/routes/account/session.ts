/** What the account keeps in the session. */
import type { ReturnTo } from "~/routes/account_.note/return-to";

export type AccountData = {
  /** Who is signed in. The D1 and Durable Object stores list a user's sessions by this key. */
  user: string;
  /** The browser that signed in, as its user knows it: "Firefox on Linux". */
  device: string;
  /** When the user last proved who they are, in seconds since 1970: prove-it.ts. */
  provedAt: number;
  /** The page that sent this visitor to sign in. */
  returnTo: ReturnTo;
  /** The note of /account/note. */
  note: string;
};
