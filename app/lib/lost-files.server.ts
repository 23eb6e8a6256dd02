/** For a document whose style sheet or scripts are gone because a deployment came between. */

/**
 * Loads the document again, once, if a file that it needs is not there. What was typed is kept, as in every reload. Sent to
 * the browser as text, so it uses nothing from outside itself.
 */
export function reloadIfFilesAreLost(): void {
  let isReloading = false;
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  // Then the document is old for good (a cache may have it), and reloading would never end.
  if (entry?.type === "reload") return;

  // Such an event does not bubble, but it can be captured.
  addEventListener("error", onError, true);

  async function onError({ target }: Event) {
    let files: string[] = [];
    if (target instanceof HTMLLinkElement) files = [target.href];
    // An inline module fails if one of its imports does.
    else if (target instanceof HTMLScriptElement) files = target.src ? [target.src] : importsOf(target.text);
    for (const file of files) {
      if (isReloading || !file.startsWith(`${location.origin}/build/`)) continue;
      // A connection that broke off is no reason to take the page away.
      const status = await fetch(file, { method: "HEAD" }).then(
        (response) => response.status,
        () => 0,
      );
      if (status !== 404 || isReloading) continue;
      isReloading = true;
      location.reload();
    }
  }

  function importsOf(script: string): string[] {
    return [...script.matchAll(/["'](\/build\/[^"']+)["']/g)].map(([, path]) => location.origin + path);
  }
}
