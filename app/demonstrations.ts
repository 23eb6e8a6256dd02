/** The demonstrations: for the menu, the home page, the inspector's titles and the browser tests. To delete one, start here. */
import { isOn } from "~/lib/is-on";
import type { Env } from "~/load-context";

export interface Demonstration {
  path: string;
  /** In the menu. */
  name: string;
  /** What a visitor did who sent a form of it: the inspector's title. */
  did: string;
  /** Its ticket on the home page. */
  ticket?: { call: string; title: string; text: string };
  /** The variable that switches it. Without one it is always there. */
  setting?: keyof Env & `SESSION_${string}`;
}

export const demonstrations: Demonstration[] = [
  {
    path: "/theme-toggle",
    name: "Theme",
    did: "You chose a theme",
    ticket: {
      call: "set",
      title: "Choose a theme",
      text: "A value that stays. The server renders the theme into the HTML, so the page never flickers.",
    },
  },
  {
    path: "/form-flash",
    name: "Form",
    did: "You sent the form",
    ticket: {
      call: "flash",
      title: "Send a form",
      text: "A message that is shown once: set before a redirect, read on the next page, gone after that.",
    },
  },
  {
    path: "/account",
    name: "Account",
    did: "You used your account",
    ticket: {
      call: "destroy",
      title: "Sign in and out",
      text: "A new id at sign-in, a final sign-out, and a list of your devices.",
    },
  },
  { path: "/inspector", name: "Inspector", did: "You used the inspector", setting: "SESSION_INSPECTOR" },
];

/** The menu's entries: those that this deployment shows. Without its variables, those that every deployment does. */
export const menuOf = (env: Partial<Env> | undefined) =>
  demonstrations
    .filter(({ setting }) => !setting || (env && isOn(env[setting] as string | undefined)))
    .map(({ path, name }) => ({ path, name }));
