import { answerSessionCheck } from "~/session-check";
import { sessionContext } from "~/session-context";
import type { Route } from "./+types/session-check";

export const loader = ({ request, context }: Route.LoaderArgs) =>
  answerSessionCheck(request, context.get(sessionContext));
export const action = loader;
