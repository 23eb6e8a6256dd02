/** The options of tsconfig.json, for the TypeScript that a script or a test runs itself. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

export const readCompilerOptions = () =>
  ts.parseJsonConfigFileContent(ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config, ts.sys, root)
    .options;
