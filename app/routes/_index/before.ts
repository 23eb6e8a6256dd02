/** For the home page: the same form and message with Remix's own sessions. It compiles, and no route uses it. */
import {
  type ActionFunctionArgs,
  createCookieSessionStorage,
  data,
  type LoaderFunctionArgs,
  redirect,
} from "@remix-run/cloudflare";
import { formFields } from "~/lib/form-fields";
import { hasHiddenCharacter } from "~/lib/hidden-character";

const cookie = { name: "__session", secrets: ["a secret"] };
const { getSession, commitSession } = createCookieSessionStorage({ cookie });

export async function action({ request, context }: ActionFunctionArgs) {
  const { name = "" } = await formFields({ request, context }, ["name"]);
  const session = await getSession(request.headers.get("Cookie"));
  if (!name || name.length > 40 || hasHiddenCharacter(name)) {
    session.flash("error", "Enter a name: 1 to 40 visible characters.");
    return redirect("/", {
      headers: { "Set-Cookie": await commitSession(session) },
    });
  }
  session.flash("success", `Thank you, ${name}.`);
  return redirect("/", {
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
