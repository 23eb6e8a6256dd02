/** Why to trust it, in figures. */
import type { ReactNode } from "react";
import { figures } from "./figures";

export function Proof() {
  const { tests, kilobytes, read, stores } = figures;
  return (
    <section aria-labelledby="proof" className="mt-14">
      <h2 id="proof" className="heading-2">
        In figures
      </h2>
      <dl className="figures">
        <Figure value={`${tests}+`} name="tests">
          in the Workers runtime and in real browsers, with each store
        </Figure>
        <Figure value={`${kilobytes} kB`} name="of your Worker, gzipped">
          with the cookie store, and no dependencies
        </Figure>
        <Figure value={`${read.this} µs`} name="to read a session on a page">
          and to open its encryption; Remix’s own, which only signs, takes {read.remix}
        </Figure>
        <Figure value={`${stores.length}`} name="stores, one setting">
          {stores.slice(0, -1).join(", ")} and {stores.at(-1)}
        </Figure>
      </dl>
    </section>
  );
}

function Figure({ value, name, children }: { value: string; name: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        <span className="figure">{value}</span> {name}
      </dt>
      <dd className="text-muted">{children}</dd>
    </div>
  );
}
