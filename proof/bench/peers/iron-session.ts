/** npm `iron-session`, by hand in the loader, with a Response that takes its cookie. It has no flash: one key, deleted when read. */
import { getIronSession } from "iron-session";
import { type Env, handle } from "../app/app";
import { SECRET, type Work } from "../app/variant";

interface Data {
  theme?: string;
  message?: string;
}

async function doWork(request: Request, { name, value }: Work) {
  const response = new Response();
  const session = await getIronSession<Data>(request, response, { password: SECRET, cookieName: "__session" });
  switch (name) {
    case "untouched":
      return { value };
    case "read":
      return { value: session.theme };
    case "write":
      session.theme = value;
      break;
    case "flash":
      session.message = value;
      break;
    case "show":
      value = session.message ?? "";
      delete session.message;
  }
  await session.save();
  return { value, headers: response.headers };
}

export default { fetch: (request: Request, env: Env) => handle(request, env, (work) => doWork(request, work)) };
