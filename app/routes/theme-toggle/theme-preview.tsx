import type { ThemeChoice } from "./theme";

/** A miniature page in the colours of the choice, whatever theme the page around it has. */
export function ThemePreview({ choice }: { choice: ThemeChoice }) {
  return (
    <span aria-hidden="true" className="preview">
      {choice !== "dark" && <MiniPage scheme="scheme-only-light" />}
      {choice !== "light" && <MiniPage scheme="scheme-only-dark" />}
    </span>
  );
}

function MiniPage({ scheme }: { scheme: string }) {
  return (
    <span className={`${scheme} flex flex-1 flex-col gap-2 bg-surface p-3`}>
      <span className="h-2 w-1/3 rounded-full bg-mark" />
      <span className="h-2 w-4/5 rounded-full bg-ink" />
      <span className="h-1.5 w-full rounded-full bg-edge" />
      <span className="h-1.5 w-2/3 rounded-full bg-edge" />
    </span>
  );
}
