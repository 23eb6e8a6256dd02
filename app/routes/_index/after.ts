/** For the home page: its own form and message, with these sessions. The route exports this action; the loader is an example. */
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { formFields } from "~/lib/form-fields";
import { hasHiddenCharacter } from "~/lib/hidden-character";

export async function action({ request, context }: ActionFunctionArgs) {
  const { name = "" } = await formFields({ request, context }, ["name"]);
  const { session } = context;
  if (!name || name.length > 40 || hasHiddenCharacter(name)) {
    session.flash("error", "Enter a name: 1 to 40 visible characters.");
    return redirect("/");
  }
  session.flash("success", `Thank you, ${name}.`);
  return redirect("/");
}

export function loader({ context }: LoaderFunctionArgs) {
  const { session } = context;
  const success = session.getFlash("success");
  const error = session.getFlash("error");
  return { success, error };
}
