/** What the browser and the server send each other, line by line, as in the network panel. */
import type { ReactNode } from "react";

export type Step = { from: "browser" | "server"; line: string; says: ReactNode };

export function Exchange({ steps }: { steps: Step[] }) {
  return (
    <section aria-labelledby="exchange" className="mt-14">
      <h2 id="exchange" className="heading-2">
        What is sent
      </h2>
      <ol className="exchange">
        {steps.map(({ from, line, says }) => (
          <li key={line} data-from={from}>
            <p>
              <span className="sr-only">{from === "browser" ? "The browser asks: " : "The server answers: "}</span>
              <code className="whitespace-pre-wrap wrap-anywhere">{line}</code>
            </p>
            <p className="text-muted">{says}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
