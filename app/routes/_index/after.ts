/** For the home page: the same form and message with these sessions. It compiles, and no route uses it. */
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";

export async function action({ request, context }: ActionFunctionArgs) {
  const { session } = context;
  const name = (await request.formData()).get("name");
  if (!name) {
    session.flash("error", "Enter your name.");
    return redirect("/form");
  }
  session.flash("success", `Thank you, ${name}.`);
  return redirect("/form");
}

export function loader({ context }: LoaderFunctionArgs) {
  const { session } = context;
  const success = session.getFlash("success");
  const error = session.getFlash("error");
  return { success, error };
}
