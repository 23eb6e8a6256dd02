/** The address of the inspector, if it is on: of the visitor's session, or of the one that has just ended. */
import { useEffect, useState } from "react";
import { inspectorPath } from "~/lib/inspector-path";
import { useRootData } from "./use-root-data";

/**
 * A message that was shown can be all that a session held, and its cookie goes with it. The page that shows it still knows
 * the session's name, and so does every later page of the same document.
 */
export function useInspectorLink(): string | undefined {
  const { isInspectorOn = false, session } = useRootData() ?? {};
  const [last, setLast] = useState(session);
  useEffect(() => {
    if (session) setLast(session);
  }, [session]);
  return isInspectorOn ? inspectorPath(session ?? last) : undefined;
}
