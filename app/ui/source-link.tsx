/** A file or folder of the project: a link if package.json names the repository, and the children alone if not. */
import { useRouteLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";

/** The address of the project's source, or nothing without a `repository`, or if the root loader has failed. */
export function useSource(): string | undefined {
  const root = useRouteLoaderData("root") as { source: string | null } | undefined;
  return root?.source ?? undefined;
}

export function SourceLink({ file, children }: { file: string; children: ReactNode }) {
  const source = useSource();
  if (!source) return children;
  return (
    <a href={`${source}/${file}`} className="link inline-block py-0.5">
      {children}
    </a>
  );
}
