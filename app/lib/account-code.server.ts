/**
 * The code that the pages of the account show. On the server only, and sent as data: in the scripts, every page would load
 * it.
 */
import { requireProof, requireUser, signIn, signOut, staySignedIn, takeReturnTo } from "~/snippets.json";

export const accountCode = { signIn, signOut, staySignedIn, requireProof };

export const noteCode = { requireUser, takeReturnTo };
