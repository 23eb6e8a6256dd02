/** An old template's compatibility date, for which workerd has no `getSetCookie`: the session says so, and what to set. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { startWorkerd } from "../../e2e/workerd.js";

async function ask(settings) {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { getConfig } from "./app/lib/session";
        export default {
          fetch(request, env) {
            try {
              return new Response(getConfig({ request, env }).cookie.name);
            } catch (error) {
              return new Response(error.message);
            }
          },
        };`,
      resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "esm",
  });
  const bindings = { SESSION_SECRET: "a secret that is surely long enough" };
  const server = await startWorkerd({ modules: true, script: outputFiles[0].text, bindings, ...settings });
  const answer = await (await fetch(server.origin)).text();
  await server.miniflare.dispose();
  return answer;
}

test("with a compatibility date before 2023-03-01 the error names the date and the flag that help, and each of them does", async () => {
  const message = await ask({ compatibilityDate: "2022-04-05" });
  const [, date] = /compatibility_date in wrangler\.toml to (\d{4}-\d\d-\d\d) or later/.exec(message) ?? [];
  const [, flag] = /or add "(\w+)" to compatibility_flags/.exec(message) ?? [];
  expect(await ask({ compatibilityDate: date })).toBe("session");
  expect(await ask({ compatibilityDate: "2022-04-05", compatibilityFlags: [flag] })).toBe("session");
});
