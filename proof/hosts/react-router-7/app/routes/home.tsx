import { act, show } from "~/journey";
import type { Route } from "./+types/home";

export const loader = ({ context }: Route.LoaderArgs) => show(context.session);

export const action = ({ request, context }: Route.ActionArgs) => act(request, context.session);

export default function Home({ loaderData }: Route.ComponentProps) {
  return <pre>{JSON.stringify(loaderData)}</pre>;
}
