/**
 * The code that the pages show, from the source. On the server only, and sent as data: in the scripts, a page would load the
 * code of the others as well.
 */
import * as code from "~/snippets.json";

const { signIn, signOut, staySignedIn, requireProof, answerLive, mayTry, requireUser, takeReturnTo } = code;

export const accountCode = { signIn, signOut, staySignedIn, requireProof, answerLive, mayTry };

export const noteCode = { requireUser, takeReturnTo };

const { setFlash, readFlash } = code;

export const formCode = { setFlash, readFlash };

const { setTheme, readTheme } = code;

export const themeCode = { setTheme, readTheme };

const { after, before, start, sourceFolder } = code;

export const homeCode = { after, before, start, sourceFolder: sourceFolder as string | null };
