/**
 * Writes app/snippets.json: the code that the pages show, as a route folder's `code.json` names it, and for the home page the
 * command that starts the app and the address of the source. Every build, `npm run dev` and `npm run typecheck` run this.
 */
import "./node-version.js";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
// By classes: the Content-Security-Policy allows no style attributes, which other highlighters write.
import hljs from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import hostedGitInfo from "hosted-git-info";
import ts from "typescript";

hljs.registerLanguage("typescript", typescript);
const ROUTES = "app/routes";
const { name: appName, repository } = JSON.parse(readFileSync("package.json", "utf8"));
// In any of npm's notations: "github:ada/shop", "https://github.com/ada/shop" or { "url": "…" }.
const { url, directory = "" } = typeof repository === "string" ? { url: repository } : (repository ?? {});
const hosted = hostedGitInfo.fromUrl(url);
// Null and not undefined: the type of the snippets comes from the file that this writes.
const linkTo = (file) => hosted?.browseFile(posix.join(directory, file)) ?? null;

const rooms = readdirSync(ROUTES).filter((room) => existsSync(`${ROUTES}/${room}/code.json`));
const snippets = Object.fromEntries(rooms.map((room) => [room, snippetsOf(`${ROUTES}/${room}`)]));
const clone = hosted?.https({ noGitPlus: true }) ?? url;
const start = `${clone ? `git clone ${clone} ${appName} && cd ${appName} && ` : ""}npm ci && npm run dev`;
writeFileSync(
  "app/snippets.json",
  JSON.stringify({ ...snippets, start, sourceFolder: linkTo("")?.replace(/\/\.$/, "") ?? null }),
);

/** `{ "setTheme": ["route.tsx", "action"] }`: a path from the folder, and one or more functions of that file. */
function snippetsOf(folder) {
  const list = `${folder}/code.json`;
  const wanted = readList(list);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, [path, ...functions]]) => {
      const file = posix.join(folder, path);
      const source = functions.map((each) => sourceOf(file, each, list)).join("\n\n");
      return [name, { file, link: linkTo(file), html: hljs.highlight(source, { language: "typescript" }).value }];
    }),
  );
}

function readList(list) {
  const wanted = parse(list);
  const isEntry = (each) => Array.isArray(each) && each.length > 1 && each.every((part) => typeof part === "string");
  if (!wanted || !Object.values(wanted).every(isEntry))
    stop(`${list} is not of the form { "name": ["file.ts", "function"] }.`);
  return wanted;
}

function parse(list) {
  try {
    return JSON.parse(readFileSync(list, "utf8"));
  } catch ({ message }) {
    return stop(`${list} is not JSON: ${message}.`);
  }
}

/** The function as written in the file, from its first comment to its last brace. */
function sourceOf(file, name, list) {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) stop(`${list} names ${file}: there is no such file.`);
  const text = readFileSync(file, "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found = parsed.statements.find((each) => ts.isFunctionDeclaration(each) && each.name?.text === name);
  if (!found) stop(`${list} names the function ${name} of ${file}: there is no such function.`);
  return text.slice(found.getStart(parsed, true), found.end);
}

function stop(problem) {
  console.error(problem);
  process.exit(1);
}
