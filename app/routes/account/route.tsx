/** Signing in and out, and the devices on which a user is signed in. README.md explains each part. */
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData, useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import snippets from "~/snippets.json";
import { CodeList } from "~/ui/code";
import { ErrorSummary } from "~/ui/error-summary";
import { PageHeading } from "~/ui/page-heading";
import { isBoundToDevice, noteBrowser, requireBoundDevice } from "./bound-device";
import { DeviceList } from "./device-list";
import { type Device, listDevices, nameDevice, signOutDevices } from "./devices";
import { requireProof, takeProof } from "./prove-it";
import { returnPath, takeReturnPath } from "./return-to";
import { checkSignIn, mayTry, signIn, signInWatch, signOut, staySignedIn } from "./sign-in";
import { ProofForm, SignInForm } from "./sign-in-form";
import { useSignInState } from "./sign-in-notice";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta(
  "Account",
  "A new session id at sign-in, sign-out on every device, and a list of devices.",
);

export async function loader({ context }: LoaderFunctionArgs) {
  const user = context.session.get("user");
  return {
    user,
    devices: user ? await listDevices(context) : undefined,
    isBound: isBoundToDevice(context.session.data, context.config),
    willReturn: returnPath(context.session) !== undefined,
    watch: await signInWatch(context),
    code: snippets.account,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { session, env } = context;
  const fields = await formFields({ request, context }, ["intent", "name", "stay", "device", "proof"]);
  const { intent } = fields;
  const proof = takeProof(context);

  if (intent === "sign-in") {
    const { name, error } = checkSignIn(fields);
    if (error) return refuseForm(422, { name: error }, context.submitted);
    if (!(await mayTry(env.SIGN_IN_LIMIT, name))) return refuseForm(429, { "": TOO_MANY }, context.submitted);
    const path = takeReturnPath(session);
    const userAgent = request.headers.get("User-Agent");
    signIn(session, name, nameDevice(userAgent), staySignedIn(fields.stay === "on"));
    noteBrowser(context, userAgent);
    return redirect(path, 303);
  }
  if (intent === "sign-out") {
    signOut(session);
    return redirect("/account", 303);
  }
  if (intent === "sign-out-others" || intent === "revoke") {
    const unbound = requireBoundDevice(context);
    if (unbound) return unbound;
    const user = session.get("user");
    if (user && proof !== undefined && !(await mayTry(env.SIGN_IN_LIMIT, user)))
      return refuseForm(429, { proof: TOO_MANY }, context.submitted);
    const refusal = user && requireProof(session, proof, context.submitted);
    if (refusal) return refusal;
    const isMeant = (device: Pick<Device, "handle" | "isCurrent">) =>
      intent === "revoke" ? device.handle === fields.device : !device.isCurrent;
    await signOutDevices(context, isMeant);
    return redirect("/account", 303);
  }
  return refuseForm(400, { "": "Use one of the buttons on this page" });
}

const TOO_MANY = "Too many attempts. Wait a minute and try again";

export default function Account() {
  const { user, devices, isBound, willReturn, watch, code } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const state = useSignInState(watch);
  const { revalidate } = useRevalidator();
  const isIdle = useNavigation().state === "idle";
  // Nobody is typing here, so the page simply shows who is signed in by now. Not while a form is on its way, because its
  // answer shows that as well.
  useEffect(() => {
    if (user && state !== "same" && isIdle) revalidate();
  }, [user, state, isIdle, revalidate]);

  return (
    <>
      <PageHeading
        kicker="session.regenerate()"
        title={
          user ? (
            <>
              Signed in as <bdi>{user}</bdi>
            </>
          ) : (
            "Sign in"
          )
        }
      >
        {user ? (
          <p>
            Signing in gave the session a new id. Signing out deletes it, with everything in it. Your other tabs notice
            when you return to them; with Durable Objects, every device notices at once.
          </p>
        ) : (
          <>
            {/* Always there: a screen reader announces what is added to a region that it knows. */}
            <p aria-live="polite" className="font-semibold text-ink not-empty:mb-2">
              {willReturn && "Sign in to continue to the page you opened."}
            </p>
            <p>
              Enter any name; there is no password. Add your own check in <code>app/routes/account/sign-in.ts</code>,
              before <code>session.regenerate()</code>.
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
            <>
              {refused && <ErrorSummary errors={refused.errors} />}
              <DeviceList list={devices} isBound={isBound} />
            </>
          )}
          <p className="max-w-prose">
            <Link to="/account/note" className="link">
              Your note
            </Link>{" "}
            needs sign-in. Open it while you are signed out: you sign in here, then return to it.
          </p>
        </div>
        <CodeList
          of={[
            ["Signs in", code.signIn],
            ["Signs out", code.signOut],
            ["Stays signed in, or not", code.staySignedIn],
            ["Asks for proof before signing out other devices", code.requireProof],
            ["Tells an open page that its session has ended", code.answerLive],
            ["Limits the attempts to sign in", code.mayTry],
          ]}
        />
      </div>
    </>
  );
}
