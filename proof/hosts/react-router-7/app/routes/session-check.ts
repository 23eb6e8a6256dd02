import { answerSessionCheck } from "~/session-check";
import type { Route } from "./+types/session-check";

export const loader = ({ request, context }: Route.LoaderArgs) => answerSessionCheck(request, context.session);
export const action = loader;
