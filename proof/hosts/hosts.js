/**
 * The hosts in which app/lib/session is proved to run. Each is made of layers, the later over the earlier, and of the session
 * folder, which is not here a second time. `data` is where the host's router asks for the page.
 *
 * `boundIn` names the file with the wiring, in a host that binds its sessions to the device as well.
 *
 * `packages` says where a host finds its packages. Most need only those of the template and of proof/. The others name a folder
 * here whose package.json is installed.
 */
const remix = ["shared", "shared-remix"];
const classic = [...remix, "remix-classic"];
const reactRouter = ["shared", "react-router-7"];

export const hosts = [
  { name: "bare-worker", layers: ["shared", "bare-worker"], hasEveryStore: true, boundIn: "worker.ts" },
  { name: "hono", layers: ["shared", "hono"], hasTests: true, boundIn: "worker.ts" },
  // The date of old templates, with the flag that they have and the one that the session needs at such a date.
  {
    name: "remix-classic",
    layers: classic,
    older: { date: "2022-04-05", flags: ["streams_enable_constructors", "http_headers_getsetcookie"] },
  },
  {
    name: "remix-vite",
    layers: [...remix, "remix-vite"],
    packages: "remix-vite",
    data: "/_root.data",
    importsBuild: true,
  },
  { name: "react-router-7", layers: reactRouter, packages: "react-router-7", data: "/_root.data" },
  {
    name: "react-router-7-middleware",
    layers: [...reactRouter, "react-router-7-middleware"],
    packages: "react-router-7",
    data: "/_.data",
    boundIn: "workers/app.ts",
  },
  {
    name: "react-router-8",
    layers: [...reactRouter, "react-router-7-middleware", "react-router-8"],
    packages: "react-router-8",
    // It does not run on this project's oldest Node; the package `node` brings a newer one.
    node: "24.9.0",
    data: "/_.data",
  },
  // An app whose visitors still have the cookies of another library.
  {
    name: "adopt",
    layers: [...classic, "adopt"],
    formers: [
      { name: "former-remix", layers: [...classic, "former-remix"], hasBindings: false },
      {
        name: "former-superflare",
        layers: [...classic, "former-superflare"],
        packages: "superflare",
        hasBindings: false,
      },
    ],
  },
];
