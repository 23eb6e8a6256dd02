import { rmSync } from "node:fs";

/** The secret of a run and its store do not outlive it. */
export default function removeFolder() {
  const folder = process.env.E2E_FOLDER;
  if (folder) rmSync(folder, { recursive: true, force: true });
}
