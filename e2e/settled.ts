import type { Page } from "@playwright/test";

/**
 * Waits until React has taken the page over and no request of the router is under way. The app shows neither, and need
 * not: React's root says "dehydrated" until its first commit, and Remix keeps its router where one can see it.
 */
export async function settled(page: Page) {
  await page.waitForFunction(() => {
    const key = Object.keys(document).find((name) => name.startsWith("__reactContainer$"));
    const root = key && (document as unknown as Record<string, ReactRoot>)[key];
    if (!root || root.stateNode.current.memoizedState.isDehydrated) return false;

    const state = window.__remixRouter?.state;
    const requests = state ? [state.navigation, state.revalidation, ...state.fetchers.values()] : [];
    return state?.initialized && requests.every((request) => (request.state ?? request) === "idle");
  });
}

interface ReactRoot {
  stateNode: { current: { memoizedState: { isDehydrated: boolean } } };
}

type Activity = { state?: string };

declare global {
  interface Window {
    __remixRouter?: {
      state: {
        initialized: boolean;
        navigation: Activity;
        revalidation: string & Activity;
        fetchers: Map<string, Activity>;
      };
    };
  }
}
