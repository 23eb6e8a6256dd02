/**
 * `npm run remove -- account kv` removes what you don't need: a part of scripts/parts.js, and with it the modules that only it
 * has used, its tests, and its lines in the documents. Commit first: `git diff` then shows what it did.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { appStoresOf, withoutStores } from "./app-stores.js";
import { readCompilerOptions } from "./compiler-options.js";
import { countDeclaredTests } from "./declared-tests.js";
import { parts } from "./parts.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const read = (path) => readFileSync(join(root, path), "utf8");
const write = (path, text) => writeFileSync(join(root, path), text);

/** The project's files, until one is deleted. */
let listed;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(parts, name));
if (names.length === 0 || unknown.length > 0) {
  console.error(
    `${unknown.length > 0 ? `There is no part "${unknown[0]}"` : "Name what to remove"}: npm run remove -- ` +
      `${Object.keys(parts).join(" ")}`,
  );
  process.exit(1);
}

const originalSnippets = read("scripts/snippets.js");
const stores = appStoresOf(read("wrangler.toml")).map(({ store }) => store);
const isHere = (name) => (parts[name].isStore ? stores.includes(name) : parts[name].files.flatMap(filesOf).length > 0);
const present = names.filter(isHere);
if (present.length === 0) {
  console.log(`${names.join(", ")}: not here any more.`);
  process.exit(0);
}
let settings;
try {
  settings = withoutStores(read("wrangler.toml"), present);
} catch ({ message }) {
  console.error(message);
  process.exit(1);
}
const chosen = present.map((name) => parts[name]);
const notFound = chosen.flatMap(({ edits = {} }) =>
  Object.entries(edits).flatMap(([path, texts]) => missing(path, texts)),
);
if (notFound.length > 0) {
  console.error(`The code is not as scripts/parts.js expects it. Correct it there. Nothing was removed.`);
  console.error(notFound.map((each) => `  ${each}`).join("\n"));
  process.exit(1);
}
console.log(`Removing ${present.join(", ")}: about half a minute.`);
const entries = entriesOf(new Set(sources()));
const wasReached = reachedModules();
const wasNamed = namedPackages();
const deleted = new Set();
for (const path of chosen.flatMap(({ files }) => files.flatMap(filesOf))) remove(path);
const folders = chosen.flatMap(({ files }) => files.filter((each) => each.endsWith("/")));
for (const path of folders) rmSync(join(root, path), { recursive: true, force: true });

const changed = new Set();
let edits = 0;
/** By file, when it was last written. */
const versions = new Map();
const service = createService();
/** By file, what it exported. */
const goneExports = new Map();
save("wrangler.toml", settings);
for (const { edits = {} } of chosen) for (const [path, texts] of Object.entries(edits)) edit(path, texts);

for (let last = -1, pass = 1; last !== edits + deleted.size; pass++) {
  last = edits + deleted.size;
  console.log(`Pass ${pass}: the code and the tests that use what is gone (${deleted.size} files so far) …`);
  for (const path of sources()) if (!isOtherApp(path)) letGo(path);
  console.log(`Pass ${pass}: the declarations and modules that nothing uses any more …`);
  deleteUnused();
  deleteOrphans();
}
console.log("The documents and the format …");
// The last key has gone.
save(
  "app/lib/session-data.ts",
  read("app/lib/session-data.ts").replace(/(SessionData =) \{\s*\}/, "$1 Record<never, never>"),
);
save(
  "app/lib/figures.ts",
  read("app/lib/figures.ts").replace(
    /tests: \d+/,
    () => `tests: ${Math.floor(countDeclaredTests(projectFiles().map((path) => join(root, path))) / 50) * 50}`,
  ),
);
dropFromDocuments();
// What it cannot put in order, npm run check reports.
spawnSync(process.execPath, [require.resolve("@biomejs/biome/bin/biome"), "check", "--write"], {
  cwd: root,
  stdio: "ignore",
});
console.log(
  `Removed ${names.join(", ")}: ${deleted.size} files deleted, ${changed.size} changed. See git diff, then run npm run check.`,
);
console.log(
  [...deleted]
    .sort()
    .map((path) => `  ${path}`)
    .join("\n"),
);
const isNamed = new Set(namedPackages());
const unused = wasNamed.filter((name) => !isNamed.has(name));
if (unused.length > 0) console.log(`Nothing imports ${unused.join(", ")} any more: npm uninstall ${unused.join(" ")}`);
printMentions();

/** Another part may have taken some of it along. */
function edit(path, texts) {
  if (existsSync(join(root, path))) save(path, edited(read(path), texts));
}

/** Which of these texts the file does not have, when those before are gone. */
function missing(path, texts) {
  if (!existsSync(join(root, path))) return [];
  let text = read(path);
  return texts.flatMap((each) => {
    const before = text;
    text = edited(text, [each]);
    return text === before ? [`${path} has no ${[each].flat()[0]}`] : [];
  });
}

function edited(text, texts) {
  return texts
    .map((each) => [each, ""].flat())
    .reduce((all, [old, replacement]) => all.replace(old, replacement), text);
}

function remove(path) {
  rmSync(join(root, path), { force: true });
  deleted.add(path);
  listed = undefined;
}

function save(path, text) {
  if (text === read(path)) return;
  write(path, text);
  versions.set(join(root, path), ++edits);
  changed.add(path);
}

/** The files of the project that a name of `parts` means. */
function filesOf(name) {
  const pattern = new RegExp(
    `^${name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^/]*")}${name.endsWith("/") ? "" : "$"}`,
  );
  return projectFiles().filter((path) => pattern.test(path));
}

function projectFiles() {
  const skipped =
    /^(node_modules|build|public\/build|test-results|\.git|\.wrangler|\.cache)(\/|$)|\/node_modules(\/|$)/;
  const walk = (folder) =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const path = folder ? `${folder}/${name}` : name;
      if (skipped.test(path)) return [];
      return statSync(join(root, path)).isDirectory() ? walk(path) : [path];
    });
  listed ??= walk("");
  return listed;
}

/** Each host has an app of its own, whatever its code has in common with a part of this one. */
function isOtherApp(path) {
  return path.startsWith("e2e/hosts/");
}

function sources() {
  return projectFiles().filter((path) => /\.(tsx?|js)$/.test(path) && path !== "scripts/parts.js");
}

/** A test in app, and the test beside a module, are there for a module: they give it no reason to stay. */
function usesOf(path, all) {
  if (/^app\/.*\.test\.tsx?$/.test(path)) return [];
  const tested = path.replace(/\.test(\.tsx?|\.js)$/, "$1");
  return importsOf(path, all).filter((each) => each !== path && each !== tested);
}

/** Where the code begins: what no other module imports, such as worker.ts, a route, a script, a configuration or a spec. */
function entriesOf(all) {
  const used = new Set([...all].flatMap((path) => usesOf(path, all)));
  return [...all].filter((path) => !used.has(path));
}

function reachedModules() {
  const all = new Set(sources());
  const reached = new Set(entries.filter((path) => all.has(path)));
  for (const path of reached) for (const each of usesOf(path, all)) reached.add(each);
  return reached;
}

function importsOf(path, all) {
  const specifiers = [...read(path).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
  return specifiers.map((specifier) => resolve(path, specifier, all)).filter(Boolean);
}

/** The packages in package.json that some code or style sheet names, in whatever way: one too many does no harm. */
function namedPackages() {
  const code = projectFiles()
    .filter((path) => /\.([cm]?[jt]sx?|css)$/.test(path) && !isOtherApp(path))
    .map(read)
    .join("\n");
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) =>
    new RegExp(`["'\`]${name}(/[^"'\`]*)?["'\`]`).test(code),
  );
}

function resolve(path, specifier, all) {
  if (!/^[.~]/.test(specifier)) return undefined;
  const base = specifier.startsWith("~/")
    ? `app/${specifier.slice(2)}`
    : join(dirname(path), specifier).split(sep).join("/");
  return [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((candidate) => all.has(candidate));
}

/** Deletes what could be reached before and cannot be now, with its test. Two modules may import each other. */
function deleteOrphans() {
  const isReached = reachedModules();
  for (const path of sources()) {
    if (!wasReached.has(path) || isReached.has(path) || path.startsWith("app/lib/session/")) continue;
    if (path.startsWith("tests/session/")) continue;
    for (const each of [path, path.replace(/(\.tsx?|\.js)$/, ".test$1")])
      if (existsSync(join(root, each))) remove(each);
  }
}

/** Removes from a file what refers to a deleted file, or is about a removed part. */
function letGo(path) {
  // Those of `npm run dev` and `npm start` send a form to the app.
  const isTest =
    /^(e2e\/|worker\.test\.ts$|scripts\/(dev|start\.journey)\.test\.js$)/.test(path) && !path.endsWith(".config.ts");
  const hasLists = /^app\/components\/|^scripts\/(snippets|parts|soak-visitor)\.js$/.test(path);
  const traces = isTest || hasLists ? chosen.map((part) => part.traces).filter(Boolean) : [];
  const gone = new Set();
  while (true) {
    const text = read(path);
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    const cut = nodesToCut(file, { path, traces, gone, isTest });
    if (cut.length === 0) break;
    save(path, cutOut(text, cut));
  }
  // A spec without a test, or a component whose list is empty.
  const isSpec = path.endsWith(".spec.ts");
  const rest = changed.has(path) ? read(path) : "";
  if (
    changed.has(path) &&
    (isSpec
      ? !/\btest(\.\w+)*\(\s*["'`]/.test(rest)
      : /^app\/components\/.*/.test(path) && /^const \w+ = \[\s*\];/m.test(rest))
  ) {
    remove(path);
  }
}

function nodesToCut(file, { path, traces, gone, isTest }) {
  const cut = [];
  const all = new Set(sources());
  const about = (node) => {
    const text = node.getText(file);
    return (
      traces.some((trace) => trace.test(text)) ||
      [...gone].some((name) => new RegExp(`\\b${name}\\b`).test(text)) ||
      [...deleted].some((name) => text.includes(`"${name}"`))
    );
  };
  const usesGone = (node) => [...gone].some((name) => new RegExp(`\\b${name}\\b`).test(node.getText(file)));

  // Imports of modules that are gone, and of snippets of functions that are.
  for (const statement of file.statements) {
    if ((ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier) {
      const specifier = statement.moduleSpecifier.text;
      const isGone =
        /^[.~]/.test(specifier) &&
        !specifier.endsWith(".json") &&
        !resolve(path, specifier, all) &&
        !existsSync(join(root, path, "..", specifier));
      if (isGone && !specifier.includes("/build/")) {
        const clause = statement.importClause;
        if (clause?.name) gone.add(clause.name.text);
        if (clause?.namedBindings && ts.isNamedImports(clause.namedBindings)) {
          for (const { name } of clause.namedBindings.elements) gone.add(name.text);
        }
        cut.push(statement);
      }
      const names = specifier.endsWith("snippets.json")
        ? goneSnippets()
        : goneExports.get(resolve(path, specifier, all));
      for (const name of names ?? []) gone.add(name);
      const elements = statement.importClause?.namedBindings?.elements ?? [];
      const lost = elements.filter(({ name }) => gone.has(name.text));
      if (!isGone && lost.length > 0) cut.push(...(lost.length === elements.length ? [statement] : lost));
    }
  }
  if (cut.length > 0) return cut;

  const visit = (node) => {
    if (cut.length > 0) return;
    if (
      ts.isArrayLiteralExpression(node) &&
      !isExpected(node) &&
      (isTest || traces.length > 0 || path.startsWith("scripts/"))
    ) {
      const elements = node.elements.filter((each) => !ts.isSpreadElement(each) && about(each));
      if (elements.length > 0) return void cut.push(...elements);
    }
    const hasEntries = path === "scripts/snippets.js" || path === "e2e/pages.ts";
    const isEntry = hasEntries && (ts.isPropertyAssignment(node) || ts.isSpreadAssignment(node));
    if (isEntry && about(node.initializer ?? node.expression)) return void cut.push(node);
    if ((ts.isJsxSelfClosingElement(node) || ts.isJsxElement(node)) && usesGone(node)) {
      const inner = [];
      ts.forEachChild(node, function find(each) {
        if ((ts.isJsxSelfClosingElement(each) || ts.isJsxElement(each)) && usesGone(each)) inner.push(each);
        else ts.forEachChild(each, find);
      });
      if (inner.length === 0 || usesGone(node.openingElement ?? node))
        return void cut.push(node.parent && ts.isJsxExpression(node.parent) ? node.parent : node);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (cut.length > 0 || !isTest) return cut;

  // Tests, and what they are made of.
  const visitStatements = (statements) => {
    for (const statement of statements) {
      if (ts.isImportDeclaration(statement)) continue;
      const inner = blockOf(statement);
      if (inner && (isEmptyLoop(statement) || !/\b(test|it)\b/.test(inner.getText(file)))) {
        cut.push(statement);
        continue;
      }
      const head = inner ? statement.getText(file).slice(0, inner.getStart(file) - statement.getStart(file)) : "";
      // Without what comes before each of them, the tests of a group are others.
      const isAboutAll = inner?.statements.some((each) => isBeforeEach(each, file) && about(each));
      if (inner && !isAboutAll && !about({ getText: () => head })) visitStatements(inner.statements);
      else if (
        isAboutAll ||
        about(statement) ||
        /for \(const [^)]* of \[\s*\](?: as const)?\)/.test(statement.getText(file))
      ) {
        const lost = declaredNames(statement);
        for (const name of lost) gone.add(name);
        goneExports.set(path, [...(goneExports.get(path) ?? []), ...lost]);
        cut.push(statement);
      }
    }
  };
  // Of the list of pages itself, only entries go.
  visitStatements(path === "e2e/pages.ts" ? file.statements.filter(ts.isFunctionDeclaration) : file.statements);
  return cut;
}

/** Not a list, but what a test expects of several things at once. */
function isExpected(node) {
  const call = node.parent;
  if (!ts.isCallExpression(call)) return false;
  return /(expect|toEqual|toStrictEqual|toContainEqual|all)$/.test(call.expression.getText());
}

function isEmptyLoop(statement) {
  if (!ts.isForOfStatement(statement)) return false;
  const list = ts.isAsExpression(statement.expression) ? statement.expression.expression : statement.expression;
  return ts.isArrayLiteralExpression(list) && list.elements.length === 0;
}

/** The statements of a group of tests: of a describe, or of a loop that declares tests. */
function blockOf(statement) {
  if (ts.isForOfStatement(statement) && ts.isBlock(statement.statement)) return statement.statement;
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return undefined;
  const { expression, arguments: given } = statement.expression;
  if (!/describe|JavaScript$/.test(expression.getText())) return undefined;
  const last = given.at(-1);
  return last && ts.isArrowFunction(last) && ts.isBlock(last.body) ? last.body : undefined;
}

function isBeforeEach(statement, file) {
  return ts.isExpressionStatement(statement) && /^test\.before(Each|All)\(/.test(statement.getText(file));
}

function declaredNames(statement) {
  if (ts.isFunctionDeclaration(statement)) return [statement.name.text];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}

/** Snippets whose file is deleted. */
function goneSnippets() {
  const all = [...originalSnippets.matchAll(/^ {2}(\w+): \["([^"]+)"/gm)];
  return all.filter(([, , file]) => deleted.has(file)).map(([, name]) => name);
}

/** Cuts the nodes out, each with its comment and the comma after it. */
function cutOut(text, nodes) {
  let result = text;
  for (const node of [...nodes].sort((a, b) => b.pos - a.pos)) {
    const [comma] = /^\s*,/.exec(result.slice(node.end)) ?? [""];
    result = result.slice(0, node.pos) + result.slice(node.end + comma.length);
  }
  return result;
}

/** TypeScript, which reads again only what was written since. */
function createService() {
  const options = readCompilerOptions();
  return ts.createLanguageService({
    getScriptFileNames: () => sources().map((path) => join(root, path)),
    getScriptVersion: (path) => String(versions.get(path) ?? 0),
    getScriptSnapshot: (path) =>
      existsSync(path) ? ts.ScriptSnapshot.fromString(readFileSync(path, "utf8")) : undefined,
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, allowJs: true, noUnusedLocals: true }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

/** In the files that were changed, the declarations and imports that nothing uses any more. */
function deleteUnused() {
  // All files of a round before the first one is written: each change costs a new look at the types of the whole project.
  for (let round = 0; round < 12; round++) {
    const next = [...changed]
      .filter((path) => /\.(tsx?|js)$/.test(path) && existsSync(join(root, path)))
      .map(withoutUnused);
    const better = next.filter(({ path, text }) => text !== read(path));
    if (better.length === 0) break;
    for (const { path, text } of better) save(path, text);
  }

  function withoutUnused(path) {
    const fileName = join(root, path);
    let text = read(path);
    for (const fix of ["unusedIdentifier_deleteImports", "unusedIdentifier_delete"]) {
      const { changes } = service.getCombinedCodeFix({ type: "file", fileName }, fix, {}, {});
      const edits = changes.flatMap(({ textChanges }) => textChanges).sort((a, b) => b.span.start - a.span.start);
      for (const { span, newText } of edits)
        text = text.slice(0, span.start) + newText + text.slice(span.start + span.length);
      if (edits.length > 0) break;
    }
    return { path, text };
  }
}

/**
 * A row of a table or an item of a list that is about a deleted file or command goes; elsewhere a link to a deleted file becomes
 * text. Other sentences are the owner's to correct.
 */
function dropFromDocuments() {
  const gone = [...deleted, ...folders, ...folders.map((path) => path.slice(0, -1))];
  for (const path of documents()) {
    const isGone = (link) => gone.includes(join(dirname(path), link.split("#")[0]).split(sep).join("/"));
    const isAbout = (line) => {
      const [, cell = line] = /^\|([^|]*)/.exec(line) ?? [];
      const [, link] = /^\s*(?:\||-) *\[[^\]]*\]\(([^)]+)\)/.exec(line) ?? [];
      return (
        (link && isGone(link)) ||
        gone.some((file) => cell.includes(`\`${file}\``)) ||
        names.some((name) => cell.includes(`npm run ${name}`))
      );
    };
    save(
      path,
      read(path)
        .split("\n")
        .filter((line) => !(/^\s*([|-]|npm )/.test(line) && isAbout(line)))
        .join("\n")
        .replace(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, text, link) => (isGone(link) ? text : whole)),
    );
  }
}

function documents() {
  return projectFiles().filter((path) => path.endsWith(".md") && path !== "CHANGELOG.md");
}

/** The lines of the documents, and of what the home page draws, that still have a word about the part. */
function printMentions() {
  const all = new Set(sources());
  const drawn = new Set(["app/routes/_index.tsx"]);
  for (const path of drawn)
    for (const each of importsOf(path, all)) if (/^app\/components\//.test(each)) drawn.add(each);
  const about = chosen.flatMap(({ traces, mentions }) => [traces, mentions].filter(Boolean));
  const isAbout = (line) =>
    about.some((pattern) => pattern.test(line)) || [...deleted].some((file) => line.includes(file));
  const lines = [...documents(), ...drawn]
    .filter((path) => !path.startsWith("app/lib/session/"))
    .flatMap((path) =>
      read(path)
        .split("\n")
        .map((line, index) => ({ line, place: `${path}:${index + 1}` })),
    )
    .filter(({ line }) => isAbout(line));
  if (lines.length > 0) console.log("Still mentioned in:");
  for (const { line, place } of lines) console.log(`  ${place}: ${line.trim()}`);
}
