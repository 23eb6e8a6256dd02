/** A list of names and values, as JSON. */
type SessionValuesProps = { id: string; title: string; values: Record<string, unknown>; none: string };

export function SessionValues({ id, title, values, none }: SessionValuesProps) {
  const entries = Object.entries(values);
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="heading-2">
        {title}
      </h2>
      {entries.length === 0 && <p className="mt-2 text-muted">{none}</p>}
      {entries.length > 0 && (
        <dl className="ledger">
          {entries.map(([name, value]) => (
            <div key={name}>
              <dt>
                <code className="wrap-anywhere">{name}</code>
              </dt>
              <dd>
                <code className="whitespace-pre-wrap wrap-anywhere">{JSON.stringify(value, null, 2)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
