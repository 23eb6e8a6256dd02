/** The command that starts the app, with a button that copies it. Without a script, or over http, it can still be selected. */
import { useEffect, useState } from "react";

export function StartCommand({ command }: { command: string }) {
  const [canCopy, setCanCopy] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => setCanCopy(Boolean(navigator.clipboard)), []);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 3_000);
    return () => clearTimeout(timer);
  }, [isCopied]);

  return (
    <div className="command">
      <code className="wrap-anywhere select-all">{command}</code>
      <button
        type="button"
        className={canCopy ? "copy-button" : "copy-button invisible"}
        onClick={() =>
          navigator.clipboard.writeText(command).then(
            () => setIsCopied(true),
            () => undefined,
          )
        }
      >
        {isCopied ? "Copied" : "Copy"}
      </button>
      <span role="status" className="sr-only">
        {isCopied && "The command is in the clipboard."}
      </span>
    </div>
  );
}
