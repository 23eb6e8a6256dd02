/** The store that the settings ask for. */
import type { SessionStorage } from "@remix-run/cloudflare";
import type { SessionConfig } from "./config";
import { createSealedCookieSessionStorage } from "./stores/cookie";

/** A plain Remix SessionStorage, cheap to make: once for each request, since a Worker's secrets exist only there. */
export function createSessionStorage<Data, FlashData = Data>(config: SessionConfig): SessionStorage<Data, FlashData> {
  return createSealedCookieSessionStorage<Data, FlashData>(config);
}
