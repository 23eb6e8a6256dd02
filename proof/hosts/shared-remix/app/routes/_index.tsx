import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { act, show } from "~/journey";

export const loader = async ({ context }: LoaderFunctionArgs) => show(context.session);

export const action = ({ request, context }: ActionFunctionArgs) => act(request, context.session);

export default function Index() {
  return <pre>{JSON.stringify(useLoaderData<typeof loader>())}</pre>;
}
