/**
 * What a person sees whose form was refused because it came from another origin (rule 7.1): the page that they meant to
 * reach, as an error page of this app. Scripts get the line of text that handleFetch has for them.
 */

/** The request for that page, with nothing of the refused form in it; none if nobody is going to look at the answer. */
export function asPageRequest(request: Request): Request | undefined {
  const isData = new URL(request.url).pathname.endsWith(".data");
  if (isData || !request.headers.get("Accept")?.includes("text/html")) return undefined;
  const headers = new Headers(request.headers);
  for (const name of ["Content-Type", "Content-Length", "Origin"]) headers.delete(name);
  return new Request(request.url, { headers, signal: request.signal });
}
