import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerSessionCheck } from "~/session-check";

export const loader = ({ request, context }: LoaderFunctionArgs) => answerSessionCheck(request, context.session);
export const action = loader;
