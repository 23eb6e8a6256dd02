/** A tab of Playwright, or of another driver. */
interface Tab {
  waitForFunction(test: () => unknown): Promise<unknown>;
}

/**
 * Waits until the page is hydrated, the routes of its links are known, and the router is idle. If the browser left the page
 * earlier, it would log the request that it cut off as an error. The app needs no code for it: React marks its root
 * "dehydrated" until the first commit, Remix's router is a global, and Remix asks for the routes of all links and forms.
 */
export async function settled(page: Tab) {
  await page.waitForFunction(() => {
    const key = Object.keys(document).find((name) => name.startsWith("__reactContainer$"));
    const root = key && (document as unknown as Record<string, ReactRoot>)[key];
    if (!root || root.stateNode.current.memoizedState.isDehydrated) return false;

    const pathOf = (address: string) => new URL(address, location.origin).pathname;
    const discovered = performance
      .getEntriesByType("resource")
      .filter(({ name }) => pathOf(name) === "/__manifest")
      .flatMap(({ name }) => new URL(name).searchParams.getAll("p"));
    const paths = [...document.querySelectorAll("[data-discover]")].map((element) =>
      pathOf(element.getAttribute("href") ?? element.getAttribute("action") ?? ""),
    );
    // A clock that a test has installed has no entries at all.
    const isMeasured = performance.getEntriesByType("navigation").length > 0;
    if (isMeasured && !paths.every((path) => discovered.includes(path))) return false;

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
