/**
 * What this app stores in a visitor's session. Each demonstration declares its keys; add yours here, or in a file of your own
 * route. Any other key does not compile.
 * Type aliases, not interfaces, because only an alias is assignable to Remix's `Record`-shaped session types.
 */
import type { DeviceData } from "~/lib/session-extras/device-binding";
import type { AccountData } from "~/routes/account/session";
import type { ThemeData } from "~/routes/theme-toggle/theme";

/** Stored until it is changed or the session ends. */
export type SessionData = ThemeData & AccountData & DeviceData;

/** Stored until it has been shown once. */
export type SessionFlashData = { success: string; error: string };

/** A sign-out keeps these: they belong to the browser more than to the user. */
export const keptAtSignOut: (keyof SessionData)[] = ["theme"];
