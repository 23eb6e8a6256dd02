/** A tab of Playwright or of Puppeteer. */
interface Tab {
  waitForFunction(test: () => unknown): Promise<unknown>;
}

/**
 * Waits until the page is hydrated, the routes of its links are known, and the router is idle. A browser that leaves the page
 * before writes the request that it cut off to its console, as an error, and Firefox does not keep the page for going back.
 * The app needs no code for it: React's root is marked "dehydrated" until its first commit, Remix's router is a global, and
 * Remix asks for the routes of all links and forms that have come to the document.
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
    const requests = state ? [state.navigation, state.revalidation, ...state.fetchers.values()] : [];
    return state?.initialized && requests.every((request) => (request.state ?? request) === "idle");
  });
}

interface ReactRoot {
  stateNode: { current: { memoizedState: { isDehydrated: boolean } } };
}

type Activity = { state?: string };

interface RouterState {
  initialized: boolean;
  navigation: Activity;
  revalidation: string & Activity;
  fetchers: Map<string, Activity>;
}

declare global {
  interface Window {
    __remixRouter?: {
      state: RouterState;
      subscribe(listener: (state: RouterState) => void): void;
    };
  }
}
