import { rmSync } from "node:fs";

/** Deletes the secret and the data of the run. */
export default function removeFolder() {
  const folder = process.env.E2E_FOLDER;
  if (folder) rmSync(folder, { recursive: true, force: true });
}
