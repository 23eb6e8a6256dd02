import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";

export async function action({ context: { session } }: ActionFunctionArgs) {
  session.set("user", "ada");
  session.set("theme", "dark");
  session.flash("success", "Welcome");
  return redirect("/", 303);
}
