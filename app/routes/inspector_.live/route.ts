/** What /inspector shows, as JSON: asked for while the page is open. A 404 wherever the inspector is off. */
import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { inspectVisitor } from "~/routes/inspector/inspector";

export async function loader(args: LoaderFunctionArgs) {
  if (!args.context.isInspectorOn) throw data(null, { status: 404 });
  return Response.json(await inspectVisitor(args), { headers: { "Cache-Control": "no-store" } });
}
