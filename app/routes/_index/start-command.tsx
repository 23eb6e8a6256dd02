/** The command that starts the app, with a button that copies it. Without a script, or over http, it can still be selected. */
import { useEffect, useState } from "react";

const outcomes = {
  copied: { label: "Copied", says: "The command is in the clipboard." },
  refused: { label: "Not copied", says: "The browser did not allow it. Select the command, and copy it yourself." },
};

export function StartCommand({ command }: { command: string }) {
  const [canCopy, setCanCopy] = useState(false);
  const [outcome, setOutcome] = useState<keyof typeof outcomes>();
  useEffect(() => setCanCopy(Boolean(navigator.clipboard)), []);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), 3_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  return (
    <div className="command">
      <code className="wrap-anywhere select-all">{command}</code>
      <button
        type="button"
        className={canCopy ? "copy-button" : "copy-button invisible"}
        onClick={() =>
          navigator.clipboard.writeText(command).then(
            () => setOutcome("copied"),
            () => setOutcome("refused"),
          )
        }
      >
        {outcome ? outcomes[outcome].label : "Copy"}
      </button>
      <span role="status" className="sr-only">
        {outcome && outcomes[outcome].says}
      </span>
    </div>
  );
}
