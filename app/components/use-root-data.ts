/** What the root loader gives to every page. Components ask here for it, so that none of them imports a route. */
import { useRouteLoaderData } from "@remix-run/react";
import type { FlashMessage } from "~/lib/flash-messages";
import type { Theme } from "~/lib/theme";

export type RootData = {
  theme: Theme | undefined;
  messages: FlashMessage[];
  origin: string;
  isInspectorOn: boolean;
  /** What the log calls the visitor's session, if the inspector is on. */
  session: string | undefined;
  isCookieRefused: boolean;
};

/** Returns nothing on an error page whose root loader has failed. */
export function useRootData(): RootData | undefined {
  return useRouteLoaderData<() => RootData>("root");
}
