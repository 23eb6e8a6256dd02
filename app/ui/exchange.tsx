/**
 * What the browser and the server send, line by line, as in the network panel. After a write, with the inspector on, the steps
 * that were just taken are marked, and show what was really sent.
 */
import type { ReactNode } from "react";
import type { InspectedResponse } from "~/routes/inspector/inspector";
import { redirectOf } from "~/routes/inspector/timeline";
import { useJustSent } from "~/routes/inspector/use-just-sent";

export type Step = {
  from: "browser" | "server";
  /** Of which request: the form, or the page that follows it. */
  of: "write" | "page";
  line: string;
  says: ReactNode;
};

type ExchangeProps = {
  title: string;
  /** Where the form is sent to. */
  path: string;
  /** An example, or what fits the write that was just sent. */
  stepsOf: (wasJustSent: boolean) => Step[];
};

export function Exchange({ title, path, stepsOf }: ExchangeProps) {
  const sent = useJustSent(path);
  const of = { write: sent[0], page: sent.slice(1).find((response) => !redirectOf(response)) };
  // The page that is drawn now is the one that the redirect leads to, also before its own response is known.
  const isTaken = { write: sent.length > 0, page: sent.some((response) => redirectOf(response) === path) };
  return (
    <section aria-labelledby="exchange" className="mt-14">
      <h2 id="exchange" className="heading-2">
        {title}
      </h2>
      <ol className="exchange">
        {stepsOf(sent.length > 0).map((step) => (
          <li key={step.line} data-from={step.from} data-taken={isTaken[step.of] || undefined}>
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span className="sr-only">{step.from === "browser" ? "The browser asks: " : "The server answers: "}</span>
              <code className="whitespace-pre-wrap wrap-anywhere">{step.line}</code>
              {isTaken[step.of] && <span className="taken">just now</span>}
            </p>
            <p className="text-muted">{step.says}</p>
            {isTaken[step.of] && <Real response={of[step.of]} from={step.from} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Real({ response, from }: { response: InspectedResponse | undefined; from: Step["from"] }) {
  if (!response) return null;
  const { method, path, headers } = response;
  // A script's fetch() would follow a 303 by itself.
  const status = response.status === 202 ? "202 instead of 303, because a script asked" : `${response.status}`;
  const shown = headers.filter(([name]) => ["Set-Cookie", "Location"].includes(name));
  const lines =
    from === "browser" ? [`${method} ${path}`] : [status, ...shown.map(([name, value]) => `${name}: ${value}`)];
  return (
    <pre className="real">
      <code>{lines.join("\n")}</code>
    </pre>
  );
}
