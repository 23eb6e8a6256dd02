/**
 * What worker.ts passes to every loader and action as `context`. Declared once, so that a misspelt session key or a value
 * of the wrong type does not compile in any route.
 */
import type { FormFields } from "~/lib/form-fields";
import type { CommitOptions, NotSaved, SessionEnv, SuperflareSession, UserSessions } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import type { AttemptLimit } from "~/routes/account/sign-in-limit";

/** The Worker's bindings and secrets, as named in wrangler.toml and .dev.vars. */
export interface Env extends SessionEnv {
  SESSION_SECRET: string;
  /** "on" shows /inspector outside of development too; "off" hides it there. */
  SESSION_INSPECTOR?: string;
  /** Limits attempts to sign in; optional: app/lib/sign-in-limit.ts. */
  SIGN_IN_LIMIT?: AttemptLimit;
}

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    /** All sessions of this user, if the store can list them. */
    userSessions: UserSessions<SessionData> | undefined;
    env: Env;
    ctx: ExecutionContext;
    /** Every inline script of the response must have it: app/lib/security-headers.ts. */
    nonce: string;
    /** The build's. None in development, where hot reload replaces parts of a page: app/lib/deployments.ts. */
    version: string | undefined;
    /** Whether /inspector exists, and a Server-Timing header: app/lib/inspector.ts. */
    isInspectorOn: boolean;
    /** As the browser sent it: Remix takes `.data` and `_routes` out of what it gives to a loader. */
    requestedUrl: string;
    /** How long the session lasts from now on, if the request decides it: app/lib/stay-signed-in.ts. */
    lifetime?: CommitOptions;
    /** The form that the action has read, left here by formFields. */
    submitted?: FormFields;
    /** Set while a form is drawn again because it could not be saved: app/lib/not-saved.ts. */
    notSaved?: NotSaved["status"];
    /** Set while a form is drawn again because it needed sign-in: app/lib/return-to.ts. */
    needsSignIn?: boolean;
  }

  // Loaders return plain objects, whose types reach the components unchanged, `undefined` included.
  interface Future {
    v3_singleFetch: true;
  }
}
