/**
 * After a deployment, pages of the version before it are still open. Their next scripts are gone, and what the new loaders
 * return may not be what the old components expect. So such a page tells its version with each request for another page, and
 * the new Worker answers that the page has to be loaded as a document. No loader's answer is lost by it: messages wait.
 * Without a script there is nothing to do. The document that lacks its own files: lost-files.server.ts.
 *
 * Not by uploading the last version's files along: a machine that deploys (a CI's, a colleague's) does not have them, Workers
 * deletes what a deployment does not bring, and the old components would still get the new data.
 */
import { redirectDocument } from "@remix-run/react";
import { router } from "./router";

const HEADER = "X-App-Version";

const remix: { __remixManifest?: { version: string } } = globalThis;

/** For the root loader. Throws a redirect to the same address, as a document, if an older version asks for its data. */
export function leaveOldVersion(request: Request, version: string | undefined): void {
  const asking = request.headers.get(HEADER);
  if (!asking || !version || asking === version) return;
  const { pathname, search } = new URL(request.url);
  throw redirectDocument(pathname + search);
}

/** In the browser, once, before the router starts. */
export function surviveDeployments(): void {
  const documentsAsked = leadReloadsToAskedPage();
  const send = window.fetch;

  window.fetch = async (input, init) => {
    const version = isDataOfOtherPage(input) && remix.__remixManifest?.version;
    if (!version) return send(input, init);
    const headers = new Headers(init?.headers);
    headers.set(HEADER, version);
    const before = documentsAsked();
    const response = await send(input, { ...init, headers });
    // If a document has been asked for meanwhile, the router would load it a second time. Its next navigation ends the wait.
    return documentsAsked() === before ? response : new Promise<never>(() => {});
  };
}

/** The page that is shown has its scripts already, and may be half filled in: it stays. */
function isDataOfOtherPage(input: RequestInfo | URL): boolean {
  if (!(input instanceof URL) || input.origin !== location.origin || !input.pathname.endsWith(".data")) return false;
  const page = input.pathname.replace(/(_root)?\.data$/, "");
  return page !== location.pathname.replace(/\/$/, "");
}

/**
 * If a page's script cannot be loaded, Remix reloads the page that is shown, not the one that was asked for. A browser without
 * the Navigation API does that too: the visitor has to click again. Returns what counts the documents asked for: whether they
 * come nobody knows, because the visitor may stop them, and a download is one as well.
 */
function leadReloadsToAskedPage(): () => number {
  let documents = 0;
  let led: unknown;
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener("navigate", (event) => {
    const { navigationType, destination } = event as NavigateEvent;
    if (navigationType !== "reload") {
      if (!destination.sameDocument) documents++;
      return;
    }
    const asked = router()?.state.navigation.location;
    if (!asked) return;
    event.preventDefault();
    if (led !== asked) location.assign(asked.pathname + asked.search + asked.hash);
    led = asked;
  });
  return () => documents;
}

// TypeScript does not know the API yet.
type NavigateEvent = Event & { navigationType: string; destination: { sameDocument: boolean } };
