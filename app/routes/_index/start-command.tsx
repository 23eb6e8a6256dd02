/** The command that starts the app, with a button that copies it. Without a script, or over http, it can still be selected. */
import { CopyButton } from "~/ui/copy-button";

export function StartCommand({ command }: { command: string }) {
  return (
    <div className="command">
      <code className="wrap-anywhere select-all">{command}</code>
      <CopyButton what="command" text={() => command} />
    </div>
  );
}
