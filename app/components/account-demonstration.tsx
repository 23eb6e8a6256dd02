/** The page of a user: the sign-in form, or the devices of who is signed in, and the code. */
import type { DeviceListing } from "~/lib/devices";
import type { RefusedForm } from "~/lib/refused-form";
import * as code from "~/snippets.json";
import { Code } from "./code";
import { DeviceList } from "./device-list";
import { PageHeading } from "./page-heading";
import { SignInForm } from "./sign-in-form";

type AccountProps = {
  user: string | undefined;
  /** Left out if the store cannot list the user's sessions. */
  listing?: DeviceListing | undefined;
  refused: RefusedForm | undefined;
};

export function AccountDemonstration({ user, listing, refused }: AccountProps) {
  return (
    <>
      <PageHeading kicker="session.regenerate()" title={user ? `Signed in as ${user}` : "Sign in"}>
        {user ? (
          <p>
            Signing in gave the session a new id. Signing out deletes it, with everything in it. A second tab notices at
            its next request.
          </p>
        ) : (
          <p>
            There is no password: enter any name, and the same name is the same user. Authentication is yours to add, in{" "}
            <code>app/lib/sign-in.ts</code>, before <code>session.regenerate()</code>.
          </p>
        )}
      </PageHeading>
      <div className="demonstration">
        {user ? <DeviceList listing={listing} refused={refused} /> : <SignInForm refused={refused} />}
        <div className="space-y-6">
          <Code title="Signs in" snippet={code.signIn} />
          <Code title="Signs out" snippet={code.signOut} />
        </div>
      </div>
    </>
  );
}
