/** A visitor's browser, as far as a journey needs one: it keeps cookies and sends the headers of a page of this site. */
export function createVisitor(origin, cookies = new Map()) {
  async function send(path, { method = "GET", form, headers = {}, mayBeRefused = false } = {}) {
    const response = await fetch(origin + path, {
      method,
      redirect: "manual",
      headers: {
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form ? { Origin: origin, "Sec-Fetch-Site": "same-origin" } : {}),
        ...headers,
      },
      body: form && new URLSearchParams(form),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/;\s*max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    // On a busy machine, wrangler's proxy uses a connection that workerd has just closed, and asks to send it again.
    if (response.status === 503 && text.includes("Your worker restarted mid-request"))
      return send(path, { method, form, headers, mayBeRefused });
    if (response.status >= 400 && !mayBeRefused)
      throw new Error(`${method} ${path} is answered ${response.status}: ${text.slice(0, 300)}`);
    return { text, headers: response.headers, status: response.status };
  }

  return {
    cookies,
    send,
    /** A button of the one form. */
    press: (step, values = {}, headers = {}) => send("/?index", { method: "POST", form: { step, ...values }, headers }),
    /** What the page shows of the session. */
    async look() {
      const { text } = await send("/");
      const [json] = /\{.*\}/.exec(/<pre>(.*?)<\/pre>/s.exec(text)?.[1] ?? text);
      return JSON.parse(json.replaceAll("&quot;", '"'));
    },
    /** Another browser with a copy of this one's cookies. */
    copy: () => createVisitor(origin, new Map(cookies)),
  };
}
