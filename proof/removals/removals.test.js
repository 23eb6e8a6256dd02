/**
 * Deleting a demonstration, as docs/make-it-yours.md says: its folders, its entry in app/demonstrations.ts, its keys, and the
 * lines that `tsc` then names. What is left passes types, lint, unit tests and build.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeCopy } from "../copy.js";

const MOST_LINES = 5;
const KEYS = "app/lib/session-data.ts";

/**
 * The keys of each demonstration, and the lines that an owner edits because the compiler names them: the file, the line or a
 * pattern, and what takes its place, if anything does.
 */
const demonstrations = {
  account: {
    keys: [
      [KEYS, 'import type { AccountData } from "~/routes/account/session";'],
      [KEYS, /(?: & )?\bAccountData\b/],
      ["app/load-context.ts", /.*\n +SIGN_IN_LIMIT\?: .*\n/],
      ["app/load-context.ts", /.*\n +REQUIRE_BOUND_DEVICE\?: .*\n/],
      ["wrangler.toml", /(?:^#.*\n)*^\[\[(?:env\.[\w-]+\.)?ratelimits\]\]\n(?:.+\n)*\n?/gm],
    ],
    named: [],
  },
  "form-flash": { keys: [], named: [] },
  "theme-toggle": {
    keys: [
      [KEYS, 'import type { ThemeData } from "~/routes/theme-toggle/theme";'],
      [KEYS, /\bThemeData\b(?: & )?/],
      [KEYS, /\["theme"\]/, "[]"],
    ],
    named: [
      [
        "app/root.tsx",
        'import { ThemeMeta, ThemeSwitch, useThemeAttribute } from "~/routes/theme-toggle/theme-switch";',
      ],
      ["app/root.tsx", 'theme: context.session.get("theme"),'],
      ["app/root.tsx", '<html lang="en" data-theme={useThemeAttribute()}>', '<html lang="en">'],
      ["app/root.tsx", "<ThemeMeta />"],
      ["app/root.tsx", "<ThemeSwitch />"],
    ],
  },
  inspector: {
    keys: [["app/load-context.ts", /.*\n +SESSION_INSPECTOR\?: string;\n/]],
    named: [
      ["worker.ts", 'import { inspect } from "~/routes/inspector/inspect";'],
      ["worker.ts", "report: inspect(context),"],
    ],
  },
};
const names = Object.keys(demonstrations);

test.each([...names.map((name) => [name]), names])("without %s", (...removed) => {
  const copy = makeCopy();
  onTestFinished(copy.remove);
  const pathOf = (file) => join(copy.folder, file);
  const read = (file) => readFileSync(pathOf(file), "utf8");

  function edit([file, line, replacement = ""]) {
    const isLine = typeof line === "string";
    const pattern = isLine ? new RegExp(`^ *${quote(line)}\n`, "m") : line;
    expect(read(file), `${file} has no line ${line}`).toMatch(pattern);
    writeFileSync(pathOf(file), read(file).replace(pattern, isLine && replacement ? `${replacement}\n` : replacement));
  }

  for (const name of removed) {
    const folders = readdirSync(pathOf("app/routes")).filter((folder) => folder.startsWith(name));
    for (const folder of [...folders.map((each) => `app/routes/${each}`), `e2e/${name}`])
      rmSync(pathOf(folder), { recursive: true });
    edit(["app/demonstrations.ts", entryOf(name)]);
    for (const key of demonstrations[name].keys) edit(key);
  }
  // What an app without keys declares, until it has one of its own.
  if (/SessionData = ;/.test(read(KEYS))) edit([KEYS, /SessionData = ;/, "SessionData = Record<never, never>;"]);

  const lines = removed.flatMap((name) => demonstrations[name].named);
  for (const name of removed) expect(demonstrations[name].named.length).toBeLessThanOrEqual(MOST_LINES);
  for (;;) {
    copy.run("node", "scripts/snippets.js");
    const { output } = copy.run("npx", "tsc", "--pretty", "false");
    const places = [...output.matchAll(/^(\S+?)\((\d+),\d+\): error/gm)].map(([, file, line]) => [file, Number(line)]);
    const named = new Set(places.map(([file, line]) => `${file}: ${read(file).split("\n")[line - 1].trim()}`));
    if (named.size === 0) break;
    const known = lines.filter(([file, line]) => named.has(`${file}: ${line}`));
    expect([...named].sort(), output).toEqual(known.map(([file, line]) => `${file}: ${line}`).sort());
    for (const each of known) edit(lines.splice(lines.indexOf(each), 1)[0]);
  }
  // What the compiler has not named is not to be edited.
  expect(lines).toEqual([]);

  for (const command of [
    // Removes what is not used any more, and formats.
    "npm run fix",
    "npm run lint",
    // Of the build, too, which it makes first.
    "npx vitest run app worker.test.ts",
    "npx playwright test --list",
  ]) {
    const { status, output } = copy.run(...command.split(" "));
    expect([command, status], output).toEqual([command, 0]);
  }
});

const quote = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** On one line or on several. */
function entryOf(name) {
  return new RegExp(`^  \\{(?: path: "/${name}",.*\\},|\\n    path: "/${name}",[\\s\\S]*?\\n  \\},)\\n`, "m");
}
