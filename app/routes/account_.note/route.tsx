/** A page that needs sign-in: app/lib/return-to.ts. */
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { type ShouldRevalidateFunction, useActionData, useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { signInWatch } from "~/routes/account/sign-in-watch.server";
import snippets from "~/snippets.json";
import { NoteDemonstration } from "./page";
import { requireUser, requireUserToSend } from "./return-to";

const NOTE = "/account/note";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Your note", "A page that needs sign-in, and leads back to itself afterwards.");

/**
 * Reloads after its own form alone. After another one, such as the theme's, or when the page is restored from the back/forward
 * cache, the loader would send whoever is signed out by now away from what was typed.
 */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, actionStatus = 200 }) =>
  formAction === NOTE && actionStatus < 400;

export async function loader(args: LoaderFunctionArgs) {
  const user = requireUser(args);
  return {
    user,
    note: user && args.context.session.get("note"),
    watch: await signInWatch(args),
    code: snippets["account_.note"],
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { note = "" } = await formFields({ request, context });
  const refusal = requireUserToSend(context);
  if (refusal) return refusal;
  // A cookie holds 4096 bytes at most, so limit what a visitor can write into it.
  if (note.length > 200) return refuseForm(422, { note: "The note must be 200 characters or fewer" }, { note });
  context.session.set("note", note);
  context.session.flash("success", "Your note is saved.");
  return redirect(NOTE, 303);
}

export default function Note() {
  return <NoteDemonstration {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
