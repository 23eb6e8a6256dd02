/** Who is signed in, and on which devices. */
import { type ActionFunctionArgs, type LinksFunction, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { takeReturnTo } from "~/routes/account_.note/return-to";
import snippets from "~/snippets.json";
import styles from "./account.css";
import { checkSignIn } from "./check-sign-in";
import { nameDevice } from "./device";
import { type Device, listDevices, signOutDevices } from "./devices";
import { AccountDemonstration } from "./page";
import { requireProof, takeProof } from "./prove-it";
import { signIn, signOut } from "./sign-in";
import { mayTry } from "./sign-in-limit";
import { signInWatch } from "./sign-in-watch.server";
import { staySignedIn } from "./stay-signed-in";
import { isReplaced, REPLACED } from "./unread";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta = pageMeta(
  "Account",
  "A new session id at sign-in, sign-out on every device, and a list of devices.",
);

export async function loader(args: LoaderFunctionArgs) {
  const user = args.context.session.get("user");
  return {
    user,
    listing: user ? await listDevices(args.context) : undefined,
    watch: await signInWatch(args),
    code: snippets.account,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { intent, ...fields } = await formFields({ request, context });
  const proof = takeProof(context);
  // The error of a proof is that of its field, so that the page asks for it again.
  const tooMany = (field = "") =>
    refuseForm(429, { [field]: "Too many attempts. Wait a minute, and try again" }, context.submitted);

  // The old id can sign out, and nothing else: whoever planted it must not change the new session.
  if (intent !== "sign-out" && isReplaced(context.session)) return refuseForm(409, { "": REPLACED }, context.submitted);
  if (intent === "sign-in") {
    const result = checkSignIn(fields);
    if ("errors" in result) return refuseForm(422, result.errors, fields);
    if (!(await mayTry(context.env.SIGN_IN_LIMIT, result.name))) return tooMany();
    const to = takeReturnTo({ request, context });
    const device = nameDevice(request.headers.get("User-Agent"));
    signIn(context.session, result.name, device, staySignedIn(fields.stay === "on"));
    return redirect(to, 303);
  } else if (intent === "sign-out") {
    signOut(context.session);
  } else if (intent === "sign-out-others" || intent === "revoke") {
    const user = context.session.get("user");
    if (user && proof !== undefined && !(await mayTry(context.env.SIGN_IN_LIMIT, user))) return tooMany("proof");
    const refusal = user && requireProof(context.session, proof, context.submitted);
    if (refusal) return refusal;
    const isMeant = (device: Pick<Device, "handle" | "isCurrent">) =>
      intent === "revoke" ? device.handle === fields.device : !device.isCurrent;
    await signOutDevices(context, isMeant);
  } else {
    return refuseForm(400, { "": "Use one of the buttons on this page" });
  }
  return redirect("/account", 303);
}

export default function Account() {
  return <AccountDemonstration {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
