/** What the root loader gives to every page. Components ask here for it, so that none of them imports a route. */
import { useRouteLoaderData } from "@remix-run/react";
import type { FlashMessage } from "~/lib/flash-messages";
import type { PageInspection } from "~/routes/inspector/inspector";
import type { Theme } from "~/routes/theme-toggle/theme";

export type RootData = {
  theme: Theme | undefined;
  messages: FlashMessage[];
  origin: string;
  isInspectorOn: boolean;
  /** Of a visitor with a session, if the inspector is on. */
  inspection: PageInspection;
  isCookieRefused: boolean;
};

/** Returns nothing on an error page whose root loader has failed. */
export function useRootData(): RootData | undefined {
  return useRouteLoaderData<() => RootData>("root");
}
