/** Binds a recipe's sessions to the device, as docs/copy-it.md says. */
import { readFileSync } from "node:fs";

const document = new URL("../../docs/copy-it.md", import.meta.url);

export function bind(recipe) {
  const [, block] = /^## Bound to the device\n.*?^```ts\n(.*?)^```/ms.exec(readFileSync(document, "utf8"));
  const [imported, storage, call] = block.trim().split("\n");
  const [stores, folder] = /^import .* from "(.*)\/session\/stores";\n/m.exec(recipe);
  return recipe
    .replace(/, handleFetch\b/, "")
    .replace(stores, `${stores}${imported.replace("~/lib", folder)}\n`)
    .replace(/const sessionStorage = .*/, storage)
    .replace("await handleFetch(", call);
}
