import { type ActionFunctionArgs, createCookieSessionStorage, redirect } from "@remix-run/cloudflare";

export async function action({ request, context: { env } }: ActionFunctionArgs<{ env: { OLD_SECRET: string } }>) {
  const { getSession, commitSession } = createCookieSessionStorage({
    cookie: { name: "__session", httpOnly: true, path: "/", sameSite: "lax", secrets: [env.OLD_SECRET] },
  });
  const session = await getSession(request.headers.get("Cookie"));
  session.set("user", "ada");
  session.set("theme", "dark");
  session.flash("success", "Welcome");
  return redirect("/", { status: 303, headers: { "Set-Cookie": await commitSession(session) } });
}
