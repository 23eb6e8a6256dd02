import { act, show } from "~/journey";
import { sessionContext } from "~/session-context";
import type { Route } from "./+types/home";

export const loader = ({ context }: Route.LoaderArgs) => show(context.get(sessionContext));

export const action = ({ request, context }: Route.ActionArgs) => act(request, context.get(sessionContext));

export default function Home({ loaderData }: Route.ComponentProps) {
  return <pre>{JSON.stringify(loaderData)}</pre>;
}
