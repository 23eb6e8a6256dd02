/**
 * The code that the pages show is taken from the source, by the names of the functions, whenever the app is built or
 * `npm run dev` starts. A missing function or file fails the build.
 *
 * Writes app/snippets.json, with the command that starts the app, and the address of the source: the pages link to whole
 * files if package.json names a repository.
 */
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { cloneAddress, sourceLink } from "./source-link.js";

const snippets = {
  before: ["app/routes/_index/before.ts", "action", "loader"],
  after: ["app/routes/_index/after.ts", "action", "loader"],
  setTheme: ["app/routes/theme-toggle/route.tsx", "action"],
  readTheme: ["app/root.tsx", "loader"],
  setFlash: ["app/routes/form-flash/route.tsx", "action"],
  readFlash: ["app/lib/flash-messages.ts", "readFlashMessages"],
  signIn: ["app/routes/account/sign-in.ts", "signIn"],
  signOut: ["app/routes/account/sign-in.ts", "signOut"],
  staySignedIn: ["app/routes/account/stay-signed-in.ts", "staySignedIn"],
  requireProof: ["app/routes/account/prove-it.ts", "requireProof"],
  answerLive: ["app/routes/account_.live/route.ts", "loader"],
  mayTry: ["app/routes/account/sign-in-limit.ts", "mayTry"],
  requireUser: ["app/routes/account_.note/return-to.ts", "requireUser"],
  takeReturnTo: ["app/routes/account_.note/return-to.ts", "takeReturnTo"],
};

const { name: appName, repository } = JSON.parse(readFileSync("package.json", "utf8"));
// Always there, since the type of the snippets comes from this file.
const linkTo = (file) => sourceLink(repository, file) ?? null;
const found = Object.entries(snippets).map(([name, [file, ...functionNames]]) => {
  const source = functionNames.map((functionName) => sourceOf(file, functionName)).join("\n\n");
  return [name, { file, link: linkTo(file), lines: highlight(source) }];
});
const rest = { sourceFolder: linkTo(""), start: startCommand() };
writeFileSync("app/snippets.json", JSON.stringify({ ...Object.fromEntries(found), ...rest }));

/** Returns the command for the home page. It clones the `repository` of package.json, if that names one. */
function startCommand() {
  const address = cloneAddress(repository);
  const clone = address ? `git clone ${address} ${appName} && cd ${appName} && ` : "";
  return `${clone}npm ci && npm run dev`;
}

/** Returns the function as written in the file, from its first comment to its last brace. */
function sourceOf(file, functionName) {
  const text = readFileSync(file, "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const declaration = parsed.statements.find(
    (statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === functionName,
  );
  if (!declaration)
    throw new Error(`There is no function ${functionName} in ${file}: update the list in scripts/snippets.js.`);
  return text.slice(declaration.getStart(parsed, true), declaration.end);
}

/** Returns each line as pairs of a class ("k" keyword, "s" string, "c" comment, "o" long operator, or "") and a text. */
function highlight(source) {
  const classes = { [ts.TokenClass.Keyword]: "k", [ts.TokenClass.StringLiteral]: "s", [ts.TokenClass.Comment]: "c" };
  const classifier = ts.createClassifier();
  let state = ts.EndOfLineState.None;
  return source.split("\n").map((line) => {
    const { entries, finalLexState } = classifier.getClassificationsForLine(line, state, true);
    state = finalLexState;
    let start = 0;
    const parts = [];
    for (const { length, classification } of entries) {
      const text = line.slice(start, start + length);
      const isLong = classification === ts.TokenClass.Operator && text.length > 1;
      const kind = classes[classification] ?? (isLong ? "o" : "");
      start += length;
      if (parts.at(-1)?.[0] === kind) parts.at(-1)[1] += text;
      else if (text) parts.push([kind, text]);
    }
    return parts;
  });
}
