/** Who is signed in, and on which devices. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AccountDemonstration } from "~/components/account-demonstration";
import { redirectAfterWrite } from "~/lib/cookie-check";
import { nameDevice } from "~/lib/device";
import { listDevices, signOutDevices } from "~/lib/devices";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { signIn, signOut } from "~/lib/sign-in";
import { checkSignIn } from "~/lib/sign-in-form";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const meta = pageMeta(
  "Account",
  "A new session id at sign-in, sign-out on every device, and a list of devices.",
);

export async function loader({ context }: LoaderFunctionArgs) {
  const user = context.session.get("user");
  return { user, listing: user ? await listDevices(context) : undefined };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { intent, ...fields } = (await formFields({ request, context })) ?? {};

  if (intent === "sign-in") {
    const result = checkSignIn(fields);
    if ("errors" in result) return refuseForm(422, result.errors, fields);
    signIn(context.session, result.name, nameDevice(request.headers.get("User-Agent")));
  } else if (intent === "sign-out") {
    signOut(context.session);
  } else if (intent === "sign-out-others") {
    await signOutDevices(context, (device) => !device.isCurrent);
  } else if (intent === "revoke") {
    await signOutDevices(context, (device) => device.handle === fields.device);
  } else {
    return refuseForm(400, { "": "Use one of the buttons on this page" });
  }
  return redirectAfterWrite(context.session, "/account");
}

export default function Account() {
  return <AccountDemonstration {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
