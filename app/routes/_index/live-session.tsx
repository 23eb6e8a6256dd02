/** The visitor's own session as the server sees it, and what has changed in it since the page was drawn. */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { Link, useRouteLoaderData } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { inspectSession } from "~/lib/session-extras/inspect";
import { shorten } from "~/lib/shorten";
import { type Change, seeAnswer } from "./last-changes";

/** A store other than the cookie may hold a megabyte. */
const MAX_VALUES = 20;
/** Characters of a name or a value. */
const MAX_TEXT = 80;

/** For the loader: returns the values as JSON, the store, and the size of the cookie that the browser sent. */
export async function valuesOf(session: AppLoadContext["session"], config: AppLoadContext["config"]) {
  const { data, store, cookieBytes, maxCookieBytes } = await inspectSession(session, config);
  // Cut twice: counting the characters of a long text is slow.
  const cut = (text: string) => shorten(text.slice(0, 5 * MAX_TEXT), MAX_TEXT);
  const entries = Object.entries(data);
  const values = entries
    .slice(0, MAX_VALUES)
    .map(([name, value]): [string, string] => [cut(name), cut(JSON.stringify(value))]);
  return {
    values,
    more: entries.length - values.length,
    store,
    cookieBytes,
    maxCookieBytes,
    isUnread: session.unread !== undefined,
  };
}

type Values = Awaited<ReturnType<typeof valuesOf>>;
type Root = { menu: { path: string }[]; messages: { id: string; kind: string }[] } | undefined;

const places: Record<Values["store"], string> = {
  cookie: "In the cookie, encrypted",
  kv: "In Workers KV",
  d1: "In a D1 database",
  "durable-object": "In a Durable Object",
};

export function LiveSession({ values: now }: { values: Values }) {
  const { menu = [], messages = [] } = (useRouteLoaderData("root") as Root) ?? {};
  const changes = useLastChanges(now, messages);
  const hasInspector = menu.some(({ path }) => path === "/inspector");
  return (
    <section aria-labelledby="session" className="session-panel">
      <h2 id="session" className="heading-2">
        Your session, live
      </h2>
      <dl className="ledger">
        <Row title="It holds">
          {now.isUnread ? "It could not be read just now. Reload the page." : now.values.length === 0 && "Nothing yet."}
          {now.values.map(([name, json]) => (
            <div key={name} className="wrap-anywhere">
              <code>{name}</code> <code>{json}</code>
            </div>
          ))}
          {now.more > 0 && `And ${now.more} more.`}
        </Row>
        <Row title="Stored">{places[now.store]}</Row>
        {/* Its answer may remove it, once a message was shown. */}
        <Row title="Cookie you sent">
          {now.isUnread
            ? "Not known just now."
            : now.cookieBytes
              ? `${now.cookieBytes} of ${now.maxCookieBytes} bytes`
              : "None yet: nothing to store."}
        </Row>
        <Row title="Last change">
          <div role="status">
            {changes.length === 0 && "Choose a theme or send the form."}
            {changes.map(([kind, name, json]) => (
              <div key={kind + name} className="change" data-kind={kind}>
                {kind !== "shown" && <span className="sr-only">{kind}: </span>}
                <code>{name}</code> {kind === "shown" ? "was shown and deleted" : <code>{json}</code>}
              </div>
            ))}
          </div>
        </Row>
      </dl>
      {hasInspector && (
        <p className="mt-4">
          <Link to="/inspector" className="link">
            See every call in the inspector
          </Link>
        </p>
      )}
    </section>
  );
}

function Row({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted">{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useLastChanges(values: Values, messages: NonNullable<Root>["messages"]): Change[] {
  const [seen, setSeen] = useState(() => ({ of: { values, messages }, ...seeAnswer(values, messages) }));
  if (seen.of.values !== values || seen.of.messages !== messages)
    setSeen({ of: { values, messages }, ...seeAnswer(values, messages, seen) });
  return seen.changes;
}
