/** For the home page: a form and a message with Remix's own sessions. It compiles, and no route uses it. */
import {
  type ActionFunctionArgs,
  createCookieSessionStorage,
  data,
  type LoaderFunctionArgs,
  redirect,
} from "@remix-run/cloudflare";

const cookie = { name: "__session", secrets: ["a secret"] };
const { getSession, commitSession } = createCookieSessionStorage({ cookie });

export async function action({ request }: ActionFunctionArgs) {
  const session = await getSession(request.headers.get("Cookie"));
  const name = (await request.formData()).get("name");
  if (!name) {
    session.flash("error", "Enter your name.");
    return redirect("/form", {
      headers: { "Set-Cookie": await commitSession(session) },
    });
  }
  session.flash("success", `Thank you, ${name}.`);
  return redirect("/form", {
    headers: { "Set-Cookie": await commitSession(session) },
  });
}

export async function loader({ request }: LoaderFunctionArgs) {
  const session = await getSession(request.headers.get("Cookie"));
  const success = session.get("success");
  const error = session.get("error");
  // Without this line, the message stays for ever.
  const headers = { "Set-Cookie": await commitSession(session) };
  return data({ success, error }, { headers });
}
