/** The page of a user: the sign-in form, or the devices of who is signed in, and the code. */
import { Link, useLocation } from "@remix-run/react";
import type { RefusedForm } from "~/lib/refused-form";
import { Code, type Snippet } from "~/ui/code";
import { PageHeading } from "~/ui/page-heading";
import { isReturnExpected } from "./check-sign-in";
import { DeviceList } from "./device-list";
import type { DeviceListing } from "./devices";
import type { SignInWatch } from "./live-sign-out";
import { ProofForm } from "./proof-form";
import { SignInForm } from "./sign-in-form";
import { SignInNotice, useSignInState } from "./sign-in-notice";

type AccountProps = {
  user: string | undefined;
  /** Left out if the store cannot list the user's sessions. */
  listing?: DeviceListing | undefined;
  watch: SignInWatch | undefined;
  code: Record<"signIn" | "signOut" | "staySignedIn" | "requireProof" | "answerLive" | "mayTry", Snippet>;
  refused: RefusedForm | undefined;
};

export function AccountDemonstration({ user, listing, watch, code, refused }: AccountProps) {
  const { search } = useLocation();
  const state = useSignInState(watch);
  const title = state === "same" ? `Signed in as ${user}` : "No longer signed in";
  return (
    <>
      <SignInNotice state={state} />
      <PageHeading kicker="session.regenerate()" title={user ? title : "Sign in"}>
        {user ? (
          <p>
            Signing in gave the session a new id. Signing out deletes it, with everything in it. This browser's other
            tabs notice at once, and with the Durable Object store those of other devices too.
          </p>
        ) : (
          <>
            {/* Always there, since a screen reader announces what is added to a region that it knows. */}
            <p aria-live="polite" className="font-semibold text-ink not-empty:mb-2">
              {isReturnExpected(search) && "Sign in first. You will then go to the page that you opened."}
            </p>
            <p>
              There is no password: enter any name, and the same name is the same user. Authentication is yours to add,
              in <code>app/lib/sign-in.ts</code>, before <code>session.regenerate()</code>.
            </p>
          </>
        )}
      </PageHeading>
      <div className="demonstration">
        <div className="space-y-8">
          {!user ? (
            <SignInForm refused={refused} />
          ) : refused?.errors.proof ? (
            <ProofForm refused={refused} />
          ) : (
            <DeviceList listing={listing} refused={refused} />
          )}
          <p className="max-w-prose">
            <Link to="/account/note?from=account" className="link">
              Your note
            </Link>{" "}
            is only for signed-in users. If you are not signed in, it sends you here first, and back again afterwards.
          </p>
        </div>
        <div className="space-y-6">
          <Code title="Signs in" snippet={code.signIn} />
          <Code title="Signs out" snippet={code.signOut} />
          <Code title="Stays signed in, or not" snippet={code.staySignedIn} />
          <Code title="Asks for proof before signing out other devices" snippet={code.requireProof} />
          <Code title="Tells an open page that its session has ended" snippet={code.answerLive} />
          <Code title="Limits the attempts to sign in" snippet={code.mayTry} />
        </div>
      </div>
    </>
  );
}
