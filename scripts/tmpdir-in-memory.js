/**
 * Imported by the configs of vitest and Playwright: puts temporary files, and with them the stores of local workerd, in memory.
 * workerd waits until each write is on the disk, which makes tests of the stores three times as slow.
 */
import { existsSync, statfsSync } from "node:fs";

const memory = "/dev/shm";
const GIGABYTE = 2 ** 30;

if (existsSync(memory)) {
  const { bavail, bsize } = statfsSync(memory);
  // Containers may have only 64 MB of it.
  if (bavail * bsize > GIGABYTE) process.env.TMPDIR = memory;
}
