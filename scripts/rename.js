/**
 * Makes the app yours:
 *
 *   npm run rename -- my-app                       the Worker, its cookie, its database and the package
 *   npm run rename -- --title "My App"             the name that visitors see
 *   npm run rename -- --accent "#7a1f5c,#e9a6d0"   the brand colour, for the light and the dark theme
 *
 * or any of them together.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file) => readFileSync(root + file, "utf8");
const replace = (files, old, text) => {
  // create-remix leaves package.json without a newline at its end.
  for (const file of files) writeFileSync(root + file, `${read(file).replaceAll(old, text).trimEnd()}\n`);
};

const { positionals, values } = parse();
const [name] = positionals;
// The name of a Worker is a part of its host name.
if (name !== undefined && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
  fail(
    `"${name}" cannot be the name of a Worker. Use up to 63 small letters, digits and hyphens, with no hyphen at either ` +
      "end: npm run rename -- my-app",
  );
}
const colour = "#[0-9a-f]{6}";
const [, ...accents] = new RegExp(`^(${colour}),(${colour})$`, "i").exec(values.accent ?? "") ?? [];
if (values.accent !== undefined && accents.length === 0) {
  fail(`"${values.accent}" is not a pair of colours: --accent "#7a1f5c,#e9a6d0", for the light and the dark theme`);
}
if (values.title !== undefined && (!values.title.trim() || /["<>&\\]/.test(values.title))) {
  fail(`"${values.title}" cannot be the title: it is in code and in a picture, so leave out ", \\, <, > and &`);
}

// Each file has its own old name: create-remix renames the package and not the Worker. Replaced only as a whole value: "remix"
// must not change "@remix-run/react".
for (const [file, pattern] of name === undefined
  ? []
  : [
      ["package.json", /^ {2}"name": "(.*)"/m],
      ["package-lock.json", /^ {2}"name": "(.*)"/m],
      ["wrangler.toml", /^name = "(.*)"/m],
    ]) {
  const [, old] = pattern.exec(read(file));
  replace([file], `"${old}"`, `"${name}"`);
  console.log(`${file}: ${old} is now ${name}.`);
}

if (values.title) {
  const [, title] = /SITE = "(.*)"/.exec(read("app/lib/page-meta.ts"));
  replace(["app/lib/page-meta.ts", "public/favicon.svg"], title, values.title);
  console.log(`${title} is now ${values.title}.`);
}
if (accents.length > 0) {
  const [, ...used] = new RegExp(`--color-accent: light-dark\\((${colour}), (${colour})\\)`).exec(
    read("app/styles.css"),
  );
  for (const [index, accent] of accents.entries()) {
    replace(["app/styles.css", "public/favicon.svg"], used[index], accent.toLowerCase());
  }
  console.log(`The brand colour is ${accents.join(" and ")}. npm test tells you if a text on it is hard to read.`);
}
if (values.title || values.accent)
  console.log("Now draw the icons again: npm ci --prefix proof && npm run pictures --prefix proof");

function parse() {
  const usage = 'npm run rename -- my-app --title "My App" --accent "#7a1f5c,#e9a6d0", or one of the three';
  try {
    const options = { title: { type: "string" }, accent: { type: "string" } };
    const parsed = parseArgs({ allowPositionals: true, options });
    if (parsed.positionals.length === 0 && Object.keys(parsed.values).length === 0)
      fail(`Say what to change: ${usage}`);
    return parsed;
  } catch ({ message }) {
    return fail(`${message}\n${usage}`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
