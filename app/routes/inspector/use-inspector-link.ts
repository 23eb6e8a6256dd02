/** The address of the inspector, if it is on: of the visitor's session, and of those that have ended in this tab. */
import { useEffect, useState } from "react";
import { useRootData } from "~/ui/use-root-data";
import { announceAnswer } from "./inspector-channel";
import { inspectorPath, keepTimeline } from "./inspector-path";

/**
 * A message that was shown can be all that a session held, and its cookie goes with it. The page that shows it still knows
 * the key of its timeline, and with a script so does every later page of the same tab.
 */
export function useInspectorLink(): string | undefined {
  const { isInspectorOn = false, inspection } = useRootData() ?? {};
  const key = inspection?.key;
  const [earlier, setEarlier] = useState<string[]>([]);
  useEffect(() => {
    if (isInspectorOn) setEarlier(keepTimeline(key));
  }, [isInspectorOn, key]);
  return isInspectorOn ? inspectorPath(key && earlier.at(-1) !== key ? [...earlier, key] : earlier) : undefined;
}

/** Tells an open inspector of every answer that this page is drawn with, but not of the inspector's own. */
export function useAnnouncedAnswers(isInspector: boolean): void {
  const root = useRootData();
  useEffect(() => {
    if (root?.isInspectorOn && !isInspector) announceAnswer(root.inspection?.key);
  }, [root, isInspector]);
}
