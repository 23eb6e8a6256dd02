/** A tab of Playwright, or of another driver. */
interface Tab {
  waitForFunction(test: () => unknown): Promise<unknown>;
}

/**
 * Waits until the page is hydrated, its effects have run, and the router is idle. If the browser left the page earlier, it would
 * log the request that it cut off as an error. The app needs no code for it: React marks its root "dehydrated" until the first
 * commit, and Remix's router is a global.
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
  // Effects run after what is drawn, and may draw again. React waits for a message in between, so these come after them.
  await page.waitForFunction(async () => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(null);
      });
    }
    return true;
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
