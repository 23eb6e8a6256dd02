/** How many tests are written down, of which the home page says the figure; many run several times. */
import { readFileSync } from "node:fs";

/** Of these files, those that hold tests count. */
export function countDeclaredTests(paths) {
  const files = paths.filter((path) => /\.(test|spec)\.(js|tsx?)$/.test(path) && !path.includes("node_modules"));
  return files.flatMap((path) => [...readFileSync(path, "utf8").matchAll(/^\s*test(\.each)?\(/gm)]).length;
}
