/** What the browser and the server have just sent each other, for the page that shows it. Needs the inspector. */
import { useEffect, useState } from "react";
import { useRootData } from "~/ui/use-root-data";
import type { Inspected, InspectedResponse } from "./inspector";
import { inspectorPath } from "./inspector-path";
import { pageOf, visitsOf } from "./timeline";

const NONE: InspectedResponse[] = [];

/**
 * Returns the write to this path that the page was drawn after, and what followed it; nothing on a page that was only
 * opened. The server does not know the page's own response yet while it renders it: with a script, that one comes later.
 */
export function useJustSent(path: string): InspectedResponse[] {
  const inspection = useRootData()?.inspection;
  const [complete, setComplete] = useState<{ inspection: typeof inspection; responses: InspectedResponse[] }>();

  useEffect(() => {
    if (!inspection || inspection.awaited.length === 0) return;
    let isCurrent = true;
    // Without an answer, what is shown stays.
    fetch(inspectorPath([inspection.key], "/inspector/live"))
      .then((answer) => answer.json<Inspected>())
      .then(({ responses }) => isCurrent && setComplete({ inspection, responses }))
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [inspection]);

  const [last] = inspection?.awaited ?? NONE;
  if (!last) return NONE;
  const known = complete?.inspection === inspection ? complete?.responses : inspection?.awaited;
  const visit = visitsOf(known ?? NONE).find(({ responses }) => responses.some(({ id }) => id === last.id));
  return visit && pageOf(visit.responses[0]?.path ?? "") === path ? visit.responses : NONE;
}
