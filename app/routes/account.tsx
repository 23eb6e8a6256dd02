/**
 * Who the session belongs to, and where else they are signed in. There is no password: authentication is yours to add,
 * in front of `session.regenerate()`.
 */
import {
  type ActionFunctionArgs,
  type AppLoadContext,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Code } from "~/components/code";
import { DeviceList } from "~/components/device-list";
import { ErrorPage, errorMeta } from "~/components/error-page";
import { PageHeading } from "~/components/page-heading";
import { SignInForm } from "~/components/sign-in-form";
import { nameDevice } from "~/lib/device";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { SessionError } from "~/lib/session";
import { shorten } from "~/lib/shorten";
import { timeAgo } from "~/lib/time-ago";
import * as code from "~/snippets.json";

export { ErrorPage as ErrorBoundary };

export const meta: MetaFunction = ({ error }) =>
  error
    ? errorMeta(error)
    : pageMeta("Account", "Signing in with a new session id, signing out everywhere, a list of devices.");

export async function loader({ context: { session, userSessions } }: LoaderFunctionArgs) {
  const user = session.get("user");
  if (!user) return { user: undefined };
  const now = Math.floor(Date.now() / 1000);
  const list = await userSessions?.list(session.getSession()).catch(answer503);
  const devices = list?.map(({ handle, data, lastSeenAt, isCurrent }) => ({
    handle,
    name: data.device ?? "Unknown device",
    lastSeen: timeAgo(lastSeenAt, now),
    isCurrent,
  }));
  return { user, devices };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = (await formFields(request)) ?? {};
  const { session, userSessions } = context;

  switch (fields.intent) {
    case "sign-in": {
      const name = fields.name?.trim();
      const error = !name ? "Enter a name" : name.length > 40 ? "The name must be 40 characters or fewer" : undefined;
      if (!name || error) return data({ values: { ...fields }, errors: { name: error ?? "" } }, { status: 422 });

      signIn(session, name, nameDevice(request.headers.get("User-Agent")));
      return redirect("/account", 303);
    }

    case "sign-out":
      signOut(session);
      return redirect("/account", 303);

    case "sign-out-others":
    case "revoke": {
      if (!session.get("user")) return redirect("/account", 303);
      if (!userSessions) return refuse("This store cannot sign out other devices");
      const isMeant = (device: { handle: string; isCurrent: boolean }) =>
        fields.intent === "revoke" ? device.handle === fields.device : !device.isCurrent;

      const ended = await userSessions.revoke(session.getSession(), isMeant).catch(answer503);
      if (ended.some(({ isCurrent }) => isCurrent)) signOut(session);
      else {
        const count = ended.length;
        session.flash(
          "success",
          count === 1 ? "One device was signed out." : `${count || "No"} devices were signed out.`,
        );
      }
      return redirect("/account", 303);
    }

    default:
      return refuse("Use one of the buttons on this page");
  }
}

/** Check the password before. */
function signIn(session: AppLoadContext["session"], user: string, device: string) {
  // First a new id: who knew the old one, having planted it in this browser, is not signed in with it (session fixation).
  session.regenerate();
  session.set("user", user);
  session.set("device", device);
  session.flash("success", `You are signed in as ${shorten(user, 40)}.`);
}

/** The theme is the browser's more than the user's: it outlives the sign-out, and everything else goes. */
function signOut(session: AppLoadContext["session"]) {
  const theme = session.get("theme");
  session.destroy();
  if (theme) session.set("theme", theme);
  session.flash("success", "You are signed out.");
}

function refuse(error: string) {
  return data({ values: {}, errors: { "": error } }, { status: 400 });
}

function answer503(error: unknown): never {
  if (!(error instanceof SessionError)) throw error;
  throw data(null, { status: 503, headers: { "Retry-After": "10" } });
}

export default function Account() {
  const { user, ...rest } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();

  return (
    <>
      <PageHeading kicker="session.regenerate()" title={user ? `Signed in as ${user}` : "Sign in"}>
        {user ? (
          <p>
            The session got a new id when you signed in. Sign out, and it is gone, with all that it held: a second tab
            notices at its next request.
          </p>
        ) : (
          <p>
            There is no password here: any name will do, and whoever enters the same name is the same user.
            Authentication is yours to add, in <code>app/routes/account.tsx</code>, before{" "}
            <code>session.regenerate()</code>.
          </p>
        )}
      </PageHeading>
      <div className="demonstration">
        {user ? (
          <DeviceList devices={"devices" in rest ? rest.devices : undefined} refused={refused} />
        ) : (
          <SignInForm refused={refused} />
        )}
        <div className="space-y-6">
          <Code title="Signs in" snippet={code.signIn} />
          <Code title="Signs out" snippet={code.signOut} />
        </div>
      </div>
    </>
  );
}
