/** What `npm test` leaves out: `npm run test:rest`. */
import { defineConfig } from "@playwright/test";
import all, { rest } from "./all.config";
import type { StoreOptions } from "./stores";
import type { Engine } from "./tab";

export default defineConfig<StoreOptions & { engine: Engine }>({ ...all, projects: rest, grepInvert: /@each-store/ });
