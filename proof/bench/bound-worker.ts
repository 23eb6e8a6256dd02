/** tests/session/test-worker.ts, with sessions that are bound to the device. */

import { createSessionStorage } from "../../app/lib/session/stores";
import { bindToDevice, handleBoundFetch } from "../../app/lib/session-extras/device-binding";
import { createWorker } from "../../tests/session/test-worker";

export { SessionObject } from "../../tests/session/test-worker";

export default createWorker((config) => bindToDevice(createSessionStorage(config), config), handleBoundFetch);
