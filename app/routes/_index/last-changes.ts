/** What has changed in the visitor's session since the page was drawn. */

/** By name, as JSON. */
type Values = [name: string, json: string][];
type Messages = { id: string; kind: string }[];
export type Change = [kind: "added" | "removed" | "shown", name: string, json?: string];

export interface Seen {
  /** Undefined until they could be read. */
  values: Values | undefined;
  messages: Messages;
  /** Of the newest answer of the server that changed something. */
  changes: Change[];
}

/** Takes the newest answer of the server, and what was seen before it. */
export function seeAnswer(
  { values, isUnread }: { values: Values; isUnread: boolean },
  messages: Messages,
  before?: Seen,
): Seen {
  const isNew = messages.filter(({ id }) => !before?.messages.some((each) => each.id === id));
  // What could not be read has not been removed.
  const known = isUnread ? before?.values : values;
  const changes = [
    ...(before?.values && known ? changesBetween(before.values, known) : []),
    ...isNew.map(({ kind }): Change => ["shown", `flash ${kind}`]),
  ];
  return { values: known, messages, changes: changes.length > 0 ? changes : (before?.changes ?? []) };
}

function changesBetween(before: Values, after: Values): Change[] {
  const without = (values: Values, others: Values) =>
    values.filter(([name, json]) => !others.some((other) => other[0] === name && other[1] === json));
  return [
    ...without(before, after).map(([name, json]): Change => ["removed", name, json]),
    ...without(after, before).map(([name, json]): Change => ["added", name, json]),
  ];
}
