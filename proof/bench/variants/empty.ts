/** A Worker with nothing in it: what workerd needs to start, for itself. */
export default { fetch: () => new Response("") };
