/**
 * A posted form as plain strings. `request.formData()` alone throws on a body that is not a form (a 500 that anyone can
 * cause), returns a File where you expect a string, and holds as much as anyone sends in the memory that all visitors share.
 * To lift: copy the file; it needs nothing.
 */

export type FormFields<Name extends string = string> = { [name in Name]?: string };

/** Bytes of the body. A form that takes files needs more, and another way to read them. */
const MAX_SIZE = 100_000;

/**
 * Returns the text fields of a posted form that are among `names`: the first value of each. A body that is not a form has
 * none. List only the form's own fields: a refused form is sent back with all of them.
 *
 * Leaves them in `context.submitted` as well. The body can be read only once, and app/lib/not-saved.ts needs the fields
 * to draw the form again.
 *
 * @throws Response with status 413 if the body is too large, whatever its Content-Length says. The rest is not read.
 */
export async function formFields<Name extends string>(
  { request, context }: { request: Request; context?: { submitted?: FormFields } },
  names: readonly Name[],
): Promise<FormFields<Name>> {
  const body = await readBody(request);
  const headers = { "Content-Type": request.headers.get("Content-Type") ?? "" };
  const form = await new Response(body, { headers }).formData().catch(() => new FormData());
  const fields: FormFields<Name> = {};
  for (const name of names) {
    const value = form.getAll(name).find((each) => typeof each === "string");
    if (value !== undefined) fields[name] = value;
  }
  if (context) context.submitted = fields;
  return fields;
}

/** A body that breaks off counts as empty: half of a text must not be taken for all of it. */
async function readBody({ body }: Request): Promise<Blob> {
  if (!body) return new Blob();
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const read = async () => {
    try {
      return (await reader.read()).value;
    } catch {
      chunks.length = 0;
      return undefined;
    }
  };
  let size = 0;
  for (let chunk = await read(); chunk; chunk = await read()) {
    size += chunk.byteLength;
    if (size > MAX_SIZE) {
      // Not cancelled: app/lib/session/unread-body.ts may have to read the rest.
      reader.releaseLock();
      throw new Response(null, { status: 413 });
    }
    chunks.push(chunk);
  }
  return new Blob(chunks);
}
