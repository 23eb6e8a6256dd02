/** What worker.ts passes to every loader and action as `context`. A misspelt session key does not compile in any route. */
import type { FormFields } from "~/lib/form-fields";
import type { NotSaved, SessionConfig, SuperflareSession } from "~/lib/session";
import type { StoreEnv, UserSessions } from "~/lib/session/stores";
import type { SessionData, SessionFlashData } from "~/lib/session-data";

/** The Worker's bindings and variables, as named in wrangler.toml and .dev.vars. */
export interface Env extends StoreEnv {
  SESSION_SECRET: string;
  /** "on" shows the inspector in production too; "off" hides it in development. */
  SESSION_INSPECTOR?: string;
  /** How long a device cookie lasts, in seconds; "0" switches device binding off: app/lib/session-extras/device-binding.ts. */
  SESSION_DEVICE_AGE?: string;
  /** "on" lets no session sign out others that its browser could have bound: app/routes/account/bound-device.ts. */
  REQUIRE_BOUND_DEVICE?: string;
  /** Limits attempts to sign in. Optional: app/routes/account/sign-in.ts. */
  SIGN_IN_LIMIT?: Pick<RateLimit, "limit">;
}

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    /** All sessions of a user, if the store can list them. */
    userSessions: UserSessions<SessionData> | undefined;
    /** The session's settings, with the request and `ctx`. */
    config: SessionConfig;
    env: Env;
    /** Every inline script of the response must have it: app/lib/security-headers.ts. */
    nonce: string;
    /** The form that the action has read, left here by formFields. */
    submitted?: FormFields;
    /** Set while a form is drawn again because it could not be saved: app/lib/not-saved.ts. */
    notSaved?: NotSaved["status"];
  }

  // Loaders return plain objects, whose types reach the components unchanged, `undefined` included.
  interface Future {
    v3_singleFetch: true;
  }
}
