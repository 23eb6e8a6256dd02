/** A tab of Playwright, or of another driver. */
interface Tab {
  waitForFunction(test: () => unknown): Promise<unknown>;
}

/**
 * Waits until the page is hydrated and the router is idle. If the browser left the page earlier, it would log the request that
 * it cut off as an error. The app needs no code for it: React marks its root "dehydrated" until the first commit, and Remix's
 * router is a global.
 */
export async function settled(page: Tab) {
  await page.waitForFunction(() => {
    const key = Object.keys(document).find((name) => name.startsWith("__reactContainer$"));
    const root = key && (document as unknown as Record<string, ReactRoot>)[key];
    if (!root || root.stateNode.current.memoizedState.isDehydrated) return false;

    const state = window.__remixRouter?.state;
    const requests = state
      ? [state.navigation.state, state.revalidation, ...[...state.fetchers.values()].map((each) => each.state)]
      : [];
    return state?.initialized && requests.every((request) => request === "idle");
  });
}

interface ReactRoot {
  stateNode: { current: { memoizedState: { isDehydrated: boolean } } };
}

interface RouterState {
  initialized: boolean;
  navigation: { state: string };
  revalidation: string;
  fetchers: Map<string, { state: string }>;
}

declare global {
  interface Window {
    __remixRouter?: { state: RouterState; subscribe(listener: (state: RouterState) => void): void };
  }
}
