/** `npm run rename my-app` gives the Worker, its database and the package that name, wherever the old one stands. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const FILES = ["package.json", "package-lock.json", "wrangler.toml"];

const [name = ""] = process.argv.slice(2);
const old = JSON.parse(readFileSync(`${root}package.json`, "utf8")).name;
// The name of a Worker is a part of its host name.
if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
  console.error(
    `"${name}" cannot be the name of a Worker. Use up to 63 small letters, digits and hyphens, with no hyphen at either ` +
      "end: npm run rename my-app",
  );
  process.exit(1);
}
for (const file of FILES) {
  const text = readFileSync(root + file, "utf8");
  // Only as a whole value: "remix" must not change "@remix-run/react".
  writeFileSync(root + file, text.replaceAll(`"${old}"`, `"${name}"`));
}
console.log(`${old} is now ${name}, in ${FILES.join(", ")}. The title that visitors see is in app/lib/page-meta.ts.`);
