/** The bytes that the session adds to a Remix Worker, bundled and minified like the app. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const remix = `
  export { createRequestHandler, createSession } from "@remix-run/cloudflare";
  export { RemixServer } from "@remix-run/react";
  export { renderToReadableStream } from "react-dom/server";
`;

async function gzippedBytes(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "node18",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return gzipSync(outputFiles[0].contents).length;
}

const added = async (contents) => (await gzippedBytes(remix + contents)) - (await gzippedBytes(remix));

const wrapper = "getConfig, handleFetch, SuperflareSession, withoutOriginHeader";
const exported = (names) => `export { ${names} } from "./app/lib/session";`;
const ofStores = (names) => `export { ${names} } from "./app/lib/session/stores";`;
const extra = (file, names) => `export { ${names} } from "./app/lib/session-extras/${file}";`;

test("the wrapper with the cookie store adds at most 10.8 kB, gzipped", async () => {
  const bytes = await added(exported(`${wrapper}, createCookieStorage`));
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThanOrEqual(10_800);
});

// With the time limit that the cookie store alone does not need.
test("adopt adds at most 1.4 kB to that, where it is used", async () => {
  const core = await added(exported(`${wrapper}, createCookieStorage`));
  expect(
    (await added(exported(`${wrapper}, createCookieStorage`) + extra("adopt", "adopt"))) - core,
  ).toBeLessThanOrEqual(1_400);
});

test("device binding adds at most 1.9 kB to the four stores, where it is used", async () => {
  const stores = exported(wrapper) + ofStores("createSessionStorage, SessionObject");
  const bound = stores + extra("device-binding", "bindToDevice, handleBoundFetch");
  expect((await added(bound)) - (await added(stores))).toBeLessThanOrEqual(1_900);
});

test("with all four stores, and what they need in the Worker, it adds at most 17.5 kB", async () => {
  const stores = exported(wrapper) + ofStores("createSessionStorage, SessionObject, deleteExpiredSessions");
  expect(await added(stores + extra("inspect", "describeCommit, inspectSession"))).toBeLessThanOrEqual(17_500);
});
