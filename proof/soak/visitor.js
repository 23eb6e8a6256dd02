/**
 * A browser that knows what its session has to hold. It checks every response. After a request that got no response it accepts
 * the state before and the state after, until a page shows which one it is.
 */

const UNKNOWN = "/no/such/page";
const PAGES = ["/", "/theme-toggle", "/form-flash", "/account", UNKNOWN];

/**
 * What a visitor sends, the first two more often: `change` is what it does to the state. If the session gets a new id or ends,
 * `alternatives` are the other states that it may have after a request without a response.
 */
const FORMS = [
  {
    path: "/theme-toggle",
    often: 5,
    fill: ({ count }) => {
      const theme = ["light", "dark", "system"][count % 3];
      return { form: { theme }, change: { theme: theme === "system" ? undefined : theme } };
    },
  },
  {
    path: "/form-flash",
    often: 4,
    fill: ({ unique }) => ({
      form: { name: unique, email: "ada@example.com", message: "Hello, it is me." },
      change: { message: `Thank you, ${unique}.` },
    }),
  },
  {
    path: "/account",
    often: 2,
    fill: ({ unique }) => ({
      form: { intent: "sign-in", name: unique },
      change: { user: unique, message: `You are signed in as ${unique}.` },
      alternatives: [anonymous],
    }),
  },
  {
    path: "/account",
    often: 1,
    fill: () => ({
      form: { intent: "sign-out" },
      change: { user: undefined, message: "You are signed out." },
      alternatives: [anonymous],
    }),
  },
];
const BY_SHARE = FORMS.flatMap((form) => Array.from({ length: form.often }, () => form));

export class Visitor {
  #cookie = "";
  /** The states that the session may be in: one, except after a request without a response. */
  #states = [anonymous()];
  #count = 0;
  /**
   * A sign-in or sign-out got no response, so that the cookie may be that of an id that was replaced. Until a new one comes,
   * its changes may be refused, and its messages lost (rules 4.10 and 4.11 of app/lib/session).
   */
  #mayBeMoved = false;
  /** The last requests and their status, for the message of an error. */
  #history = [];

  /** `pages` is the share of requests that open a page, and do nothing else. */
  constructor(number, pages) {
    this.name = `Visitor-${number}`;
    this.random = randomNumbers(number);
    this.pages = pages;
  }

  /** Sends one request. Throws if the response is not the expected one; returns whether there was one. */
  async act(origin) {
    try {
      return await this.#act(origin);
    } catch (error) {
      error.message += `\nThe requests of ${this.name}:\n${this.#history.slice(-12).join("\n")}`;
      throw error;
    }
  }

  async #act(origin) {
    const path = PAGES[Math.floor(this.random() * PAGES.length)];
    const unique = `${this.name}-${++this.#count}`;
    if (this.random() < this.pages) return this.#open(origin, path);
    const number = this.random();
    const chosen = BY_SHARE[Math.floor(this.random() * BY_SHARE.length)];
    if (number < 0.3 || !chosen) return this.#open(origin, path, ".data");
    const { form, change, alternatives = [] } = chosen.fill({ unique, count: this.#count });
    if (number < 0.4) return this.#postFromElsewhere(origin, chosen.path, form);
    return this.#post(origin, chosen.path, form, (state) => ({ ...state, ...change }), ...alternatives);
  }

  async #open(origin, path, suffix = "") {
    const url = path === "/" && suffix ? "/_root.data" : `${path}${suffix}`;
    const response = await this.#send(origin, url);
    const shown = (state) => ({ ...state, message: undefined });
    if (!response) {
      this.#allow(this.#states, this.#states.map(shown));
      return false;
    }
    const { status, body } = response;
    // A 404 for a script is a page's data, which says that there is none.
    const expected = path === UNKNOWN ? 404 : 200;
    if (status !== expected) throw new Error(`GET ${url} was answered ${status}:\n${body.slice(0, 500)}`);
    const fits = suffix ? fitsData : fitsPage;
    const fitting = this.#states.filter((state) => fits(state, body, path));
    if (fitting.length === 0) {
      throw new Error(
        `GET ${url} shows none of ${JSON.stringify(this.#states)}:\n${suffix ? body.slice(0, 1_000) : excerpt(body)}`,
      );
    }
    this.#allow(fitting.map(shown));
    return true;
  }

  /** Sets the possible states, each of them once. */
  #allow(...states) {
    this.#states = [...new Map(states.flat().map((state) => [JSON.stringify(state), state])).values()];
  }

  async #post(origin, path, form, change, ...alternatives) {
    const response = await this.#send(origin, path, { method: "POST", body: new URLSearchParams(form) });
    if (!response) {
      this.#allow(this.#states, ...[change, ...alternatives].map((each) => this.#states.map(each)));
      this.#mayBeMoved ||= alternatives.length > 0;
      return false;
    }
    const { status, body } = response;
    if ((status === 409 || status === 503) && this.#mayBeMoved) return true;
    if (status !== 303) throw new Error(`POST ${path} ${JSON.stringify(form)} was answered ${status}:\n${body}`);
    this.#allow(this.#mayBeMoved ? this.#states : [], this.#states.map(change));
    return true;
  }

  async #postFromElsewhere(origin, path, form) {
    const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    const body = new URLSearchParams(form);
    const response = await this.#send(origin, path, { method: "POST", body, headers });
    if (response && response.status !== 403) throw new Error(`A cross-origin post was answered ${response.status}.`);
    return response !== undefined;
  }

  async #send(origin, path, init = {}) {
    const headers = { Origin: origin, Cookie: this.#cookie, ...init.headers };
    this.#history.push(`${init.method ?? "GET"} ${path} ${init.body ?? ""}`);
    try {
      const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init, headers });
      const [line] = response.headers.getSetCookie();
      if (line) this.#mayBeMoved = false;
      if (line) this.#cookie = /; Max-Age=0/i.test(line) ? "" : (line.split(";")[0] ?? "");
      this.#history.push(`  ${response.status}${line ? ", with a cookie" : ""}`);
      return { status: response.status, body: await response.text() };
    } catch (error) {
      // There was no response, or only a part of one.
      this.#history.push(`  ${error.message}`);
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}

/** A generator with a seed, so that each run sends the same requests. (Numerical Recipes' constants.) */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The state that an old cookie has if its session got a new id, or ended, in a request without a response. */
const anonymous = () => ({ theme: undefined, user: undefined, message: undefined });

function fitsPage({ theme, user, message }, html, path) {
  const [, drawn] = /<html[^>]* data-theme="(\w+)"/.exec(html) ?? [];
  const [, heading] = /<h1[^>]*>Signed in as <bdi>([\w-]+)/.exec(html) ?? [];
  const [, shown] = /data-message=.*?>((?:Thank you, |You are signed )[^<]*?\.)/s.exec(html) ?? [];
  return (
    drawn === theme &&
    shown === message &&
    html.includes("data-message=") === (message !== undefined) &&
    (path !== "/account" || heading === user)
  );
}

function fitsData({ message }, text) {
  // After its key: the code that the account shows has such words in it, too.
  const [, shown] = /"text","((?:Thank you, |You are signed )[\w\- ]*\.)/.exec(text) ?? [];
  return shown === message;
}

const excerpt = (body) =>
  `${/<html[^>]*>/.exec(body)?.[0]} ${/<h1.*?<\/h1>/s.exec(body)?.[0]} ${/data-message=.{0,400}/s.exec(body)?.[0]}`;
