/**
 * The code that the pages show, from the source: a route folder's `code.json` names a file and its functions. Run whenever
 * the app is built, and by `npm run dev` and `npm run typecheck`. Writes app/snippets.json, a part for each folder, and for
 * the home page the command that starts the app and the address of the source.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
// By classes: the Content-Security-Policy allows no style attributes, which other highlighters write.
import hljs from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import ts from "typescript";
import { cloneAddress, sourceLink } from "./source-link.js";

hljs.registerLanguage("typescript", typescript);
const ROUTES = "app/routes";
const { name: appName, repository } = JSON.parse(readFileSync("package.json", "utf8"));
// Always there, since the type of the snippets comes from this file.
const linkTo = (file) => sourceLink(repository, file) ?? null;

const rooms = readdirSync(ROUTES).filter((room) => existsSync(`${ROUTES}/${room}/code.json`));
const snippets = Object.fromEntries(rooms.map((room) => [room, snippetsOf(`${ROUTES}/${room}`)]));
const clone = cloneAddress(repository);
const start = `${clone ? `git clone ${clone} ${appName} && cd ${appName} && ` : ""}npm ci && npm run dev`;
writeFileSync("app/snippets.json", JSON.stringify({ ...snippets, start, sourceFolder: linkTo("") }));

/** `{ "setTheme": ["route.tsx", "action"] }`: a path from the folder, and one or more functions of that file. */
function snippetsOf(folder) {
  const wanted = JSON.parse(readFileSync(`${folder}/code.json`, "utf8"));
  return Object.fromEntries(
    Object.entries(wanted).map(([name, [path, ...functions]]) => {
      const file = posix.join(folder, path);
      if (!existsSync(file)) stop(`${folder}/code.json names ${file}, which is not there.`);
      const source = functions.map((each) => sourceOf(file, each, folder)).join("\n\n");
      return [name, { file, link: linkTo(file), html: hljs.highlight(source, { language: "typescript" }).value }];
    }),
  );
}

/** The function as written in the file, from its first comment to its last brace. */
function sourceOf(file, name, folder) {
  const text = readFileSync(file, "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found = parsed.statements.find((each) => ts.isFunctionDeclaration(each) && each.name?.text === name);
  if (!found) stop(`${folder}/code.json names a function ${name} of ${file}, which is not there.`);
  return text.slice(found.getStart(parsed, true), found.end);
}

function stop(problem) {
  console.error(problem);
  process.exit(1);
}
