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
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
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

test("the wrapper with the cookie store adds at most 9.4 kB, gzipped", async () => {
  const names = "getConfig, handleFetch, SuperflareSession, withoutOriginHeader, createCookieStorage";
  const bytes = await added(`export { ${names} } from "./app/lib/session";`);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThanOrEqual(9_400);
});

test("with all four stores it adds at most 14.3 kB", async () => {
  expect(await added(`export * from "./app/lib/session";`)).toBeLessThanOrEqual(14_300);
});
