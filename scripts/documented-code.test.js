/** The TypeScript in documents that is no excerpt of a file: it compiles in this app, with the names that the text has introduced. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { readCompilerOptions } from "./compiler-options.js";

const blocksOf = (document) =>
  [...readFileSync(document, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
const inCode = (document, pattern) => {
  const [, code] = pattern.exec(readFileSync(document, "utf8"));
  return code;
};

const examples = [
  ...blocksOf("docs/stores.md"),
  ...blocksOf("app/lib/session/README.md"),
  // Parts of a call.
  `adopt(createSessionStorage(config), {
    config, cookie: "session", ${inCode("docs/stores.md", /`(from: createRecordStorage.*?)`/)}
  })`,
  `handleFetch({ ...options, ${inCode("docs/troubleshooting.md", /`(allowCrossOrigin: .*?)`/)} }, handler)`,
].map((code) => (code.startsWith("() =>") ? `handleFetch(options, ${code})` : code));

const NAMES = `
import { type ActionFunctionArgs, createCookieSessionStorage, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import {
  adopt, createCookieStorage, createD1Store, createRecordStorage, createSessionStorage, getConfig, handleFetch,
  SuperflareSession, withoutOriginHeader,
} from "~/lib/session";
import { answerSessionCheck } from "~/lib/session/check-route";
import type { Env } from "~/load-context";

// Not the app's own: the texts use other keys as well.
type SessionData = Record<string, string>;
type SessionFlashData = Record<string, string>;
declare const request: Request;
declare const env: Env & { SESSION_DB: D1Database; OLD_SECRET: string };
declare const ctx: ExecutionContext;
declare const config: ReturnType<typeof getConfig>;
declare const session: SuperflareSession<SessionData, SessionFlashData>;
declare const context: { session: typeof session };
declare const options: Parameters<typeof handleFetch>[0];
declare const handler: () => Response;
declare const remixHandler: (request: Request, loadContext: object) => Promise<Response>;
declare const app: (request: Request, session: SuperflareSession<SessionData, SessionFlashData>) => Response;
`;

/** What an example imports is compiled by itself, and the rest of it with all names. */
function modulesOf(example) {
  const imports = [...example.matchAll(/^import .*\n/gm)].join("");
  const code = example.replace(/^import .*\n/gm, "");
  const isModule = /^export /m.test(code);
  return [imports || "export {};", `${NAMES}\n${isModule ? code : `export async function example() {\n${code}\n}`}`];
}

test("the documents have such code", () => expect(examples.length).toBeGreaterThan(5));

test("it compiles", () => {
  const options = readCompilerOptions();
  const modules = new Map(
    examples.flatMap(modulesOf).map((code, index) => [join(process.cwd(), `app/example-${index}.ts`), code]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    modules.has(path) ? ts.createSourceFile(path, modules.get(path), ...rest) : getSourceFile(path, ...rest);
  const program = ts.createProgram([...modules.keys()], options, host);
  const problems = [...modules.keys()]
    .flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
    .map(({ file, start, messageText }) => {
      const [line] = file.text.slice(start).split("\n");
      return `${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  expect(problems).toEqual([]);
}, 60_000);
