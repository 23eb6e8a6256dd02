/** What a request can have a session do; and whether a variant does it. */
import { createClient, createClients } from "./load.js";

let count = 0;
const value = () => `value-${++count}`;
export const WORKS = {
  anonymous: { isKnown: false, call: (client, path) => client.send(`${path}?work=untouched`) },
  untouched: { isKnown: true, call: (client, path) => client.send(`${path}?work=untouched`) },
  read: { isKnown: true, call: (client, path) => client.send(`${path}?work=read`) },
  write: { isKnown: true, call: (client, path) => client.send(`${path}?work=write&value=${value()}`) },
  "flash and show": {
    isKnown: true,
    call: async (client, path) => {
      await client.visit(`${path}?work=flash&value=${value()}`);
      await client.visit(`${path}?work=show`);
    },
  },
};

/** Visitors who have a cookie. */
export async function createKnownClients({ origin }) {
  const clients = createClients(origin);
  for (const client of clients) await client.visit(`/resource?work=write&value=${value()}`);
  return clients;
}

const STEPS = [
  { query: "work=write&value=dark", shows: "dark" },
  { query: "work=read", shows: "dark" },
  { query: "work=flash&value=hello", shows: "hello" },
  { query: "work=show", shows: "hello" },
  { query: "work=show", hides: "hello" },
];

/** What is measured is what works: a value that is written is read, and a message is shown once. */
export async function assertWorks(title, { origin }, pages) {
  const client = createClient(origin);
  for (const page of pages) {
    for (const { query, shows, hides } of STEPS) {
      const { body } = await client.visit(`/${page}?${query}`);
      const text = page === "resource" ? body : /<p>(.*)<\/p>/.exec(body)?.[1];
      if (shows ? text !== shows : text === hides)
        throw new Error(`${title} answered ${query} on ${page} with ${text}.`);
    }
  }
  client.close();
}
