import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerSessionCheck } from "~/lib/session/check-route";

export const loader = ({ request, context }: LoaderFunctionArgs) => answerSessionCheck(request, context.session);
export const action = loader;
