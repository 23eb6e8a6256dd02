/**
 * The hosts in which app/lib/session is proved to run. Each is made of layers, the later over the earlier; the session
 * folder is copied into it, and is not here a second time. `data` is where its client router asks for the page.
 * `hasEveryStore` is one with the bindings of all of them: the cases of a store run there once more with each.
 */
const remix = ["shared", "shared-remix"];

export const hosts = [
  { name: "bare-worker", layers: ["shared"], hasEveryStore: true },
  { name: "hono", layers: ["shared"] },
  // The date of old templates, with the flag that they have and the one that the session needs at such a date.
  {
    name: "remix-classic",
    layers: remix,
    older: { date: "2022-04-05", flags: ["streams_enable_constructors", "http_headers_getsetcookie"] },
  },
  { name: "remix-vite", layers: remix, data: "/_root.data" },
  { name: "react-router-7", layers: ["shared"], data: "/_root.data" },
  { name: "react-router-7-middleware", layers: ["shared", "react-router-7"], data: "/_root.data" },
  { name: "react-router-8", layers: ["shared", "react-router-7", "react-router-7-middleware"], data: "/_.data" },
  // These two were apps with another session: in `before`. The secret is what their old cookies are signed with.
  { name: "remix-cookie-storage", layers: [...remix, "remix-classic"], formerSecret: "OLD_SECRET" },
  { name: "superflare", layers: [...remix, "remix-classic"], formerSecret: "APP_KEY" },
];
