/** A button that copies a text and says whether it could. It is hidden without a script and over http. */
import { useEffect, useState } from "react";

type CopyButtonProps = {
  /** What it copies, in a word: "command". */
  what: string;
  text: () => string;
};

export function CopyButton({ what, text }: CopyButtonProps) {
  const [canCopy, setCanCopy] = useState(false);
  const [outcome, setOutcome] = useState<"Copied" | "Not copied">();
  useEffect(() => setCanCopy(Boolean(navigator.clipboard)), []);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), 3_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  return (
    <>
      <button
        type="button"
        className={canCopy ? "copy-button" : "copy-button invisible"}
        onClick={() =>
          navigator.clipboard.writeText(text()).then(
            () => setOutcome("Copied"),
            () => setOutcome("Not copied"),
          )
        }
      >
        {outcome ?? "Copy"}
      </button>
      <span role="status" className="sr-only">
        {outcome === "Copied" && `The ${what} is in the clipboard.`}
        {outcome === "Not copied" && `The browser refused. Select the ${what} and copy it yourself.`}
      </span>
    </>
  );
}
