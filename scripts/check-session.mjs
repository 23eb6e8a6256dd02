// @ts-nocheck: the tsconfig of the app beside it may have "checkJs".
/**
 * Asks a running app eleven questions about its sessions over HTTP, and names the probable cause of each wrong answer.
 * It needs Node 20 or newer and no packages. Its exit code is 1 if an answer is wrong.
 *
 *   node scripts/check-session.mjs http://localhost:8787/session-check
 *
 * The app needs a route at that address, which app/lib/session/README.md shows.
 */
import http from "node:http";
import https from "node:https";

const [address] = process.argv.slice(2);
const TIME_LIMIT = 10_000;

/** An answer was wrong. The message says what was found, and `cause` where to look. */
class Wrong extends Error {
  constructor(found, cause) {
    super(found);
    this.cause = cause;
  }
}

/** The questions cannot be asked. */
class Unasked extends Error {}

/** Sends a request without added headers. fetch() would send its own. */
function send(url, method, headers) {
  const { request } = url.protocol === "https:" ? https : http;
  // `wrangler dev --local-protocol https` has a self-signed certificate.
  const rejectUnauthorized = url.hostname !== "localhost";
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, rejectUnauthorized, timeout: TIME_LIMIT }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const lines = response.headers["set-cookie"] ?? [];
      resolve({ status: response.statusCode, headers: response.headers, lines, text, json: parse(text) });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${TIME_LIMIT / 1000} seconds`)));
    sent.on("error", reject);
    sent.end();
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const nameOf = (line) => line.slice(0, line.indexOf("=")).trim();
const valueIn = (line) => line.slice(line.indexOf("=") + 1).split(";")[0];
const isRemoval = (line) => /;\s*max-age=(0|-\d+)/i.test(line) || /;\s*expires=\w+, 01 jan 1970/i.test(line);
/** An app may name the cookie itself (SESSION_COOKIE), but its value is always a sealed token. */
const isToken = (value) => /^ey[\w-]*(\.[\w-]*){4}$/.test(value);
const sessionLines = ({ lines }) => lines.filter((line) => /session/i.test(nameOf(line)) || isToken(valueIn(line)));
const withoutValue = (line) => line.replace(/=[^;]*/, "=…");

/** Acts as a browser on a page of the app, with its cookies and headers. */
function createVisitor(page) {
  const jar = new Map();
  const visitor = { get, post, visit };

  async function visit(method, query, headers) {
    const url = new URL(page);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await send(url, method, { ...(cookie && { Cookie: cookie }), ...headers });
    for (const line of response.lines) {
      if (isRemoval(line)) jar.delete(nameOf(line));
      else jar.set(nameOf(line), valueIn(line));
    }
    return response;
  }

  async function get(headers = {}, query = {}) {
    const response = await visit("GET", query, headers);
    if (response.status !== 200 || !response.json) throw unexpected(response, "200 with JSON", LOG);
    return response;
  }

  // As a browser sends a form: a middleware may read it as one.
  const asForm = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "0" };
  const ownSite = { Origin: page.origin, "Sec-Fetch-Site": "same-origin" };
  function post(step, text, headers = ownSite) {
    return visit("POST", { do: step, text }, { ...asForm, ...headers });
  }

  return visitor;
}

const unexpected = ({ status, text }, wanted, cause) =>
  new Wrong(`the answer is ${status} (${text.trim().split("\n")[0].slice(0, 120)}), not ${wanted}`, cause);

const LOG = 'The log of the Worker says why: SESSION_SECRET is missing, or a line has an "event" of the session.';
const WIRING =
  "handleFetch is not around the handler, or the route's session is not the one that handleFetch commits. In Remix's " +
  "`vite:dev` the Worker does not run: see docs/copy-it.md.";
const LEFTOVER = "A route still calls commitSession. Remove that, because handleFetch sends the cookie.";
const REQUEST =
  "`getConfig({ request })` got another request than the visitor's, and needs the method and headers of that one.";
const REMADE =
  "The response is made anew after handleFetch (`new Response(body)` without its headers), or a cache is in between.";
const OWN_CHECK =
  "The framework's own origin check refused it. Pass `withoutOriginHeader(request)` to the framework, and the original to " +
  "handleFetch.";

/** Sets a value, which question 2 checks. */
async function begin(page) {
  const visitor = createVisitor(page);
  const response = await visitor.post("set", "tea");
  if (response.status === 404 || response.status === 405)
    throw unexpected(response, "200", "The route answers only GET. In Remix, export its `action` too.");
  if (response.status >= 400) throw unexpected(response, "200", `${OWN_CHECK} Or: ${LOG}`);
  if (sessionLines(response).length === 0) throw new Wrong("a value was set, but no cookie came", WIRING);
  return { visitor, response };
}

/** Sets a message, and returns the response. */
async function flash(visitor, text) {
  const response = await visitor.post("flash", text);
  if (response.status >= 400) throw unexpected(response, "a redirect", `${OWN_CHECK} Or: ${LOG}`);
  if (response.status < 300) throw unexpected(response, "a redirect", "Something followed it, or changed its status.");
  return response;
}

const questions = [
  [
    "a visitor without a session gets no cookie",
    async (page) => {
      const [line] = sessionLines(await createVisitor(page).get());
      if (line)
        throw new Wrong(
          `Set-Cookie: ${withoutValue(line)}`,
          "Something writes to the session of every visitor, such as `set` or `flash` in a loader or a middleware.",
        );
    },
  ],
  [
    "what is set is stored, with one cookie that browsers keep",
    async (page) => {
      const lines = sessionLines((await begin(page)).response);
      if (lines.length > 1) throw new Wrong(`${lines.length} lines: ${lines.map(nameOf).join(", ")}`, LEFTOVER);
      const [line] = lines;
      const attributes = line.split(";").map((part) => part.trim().toLowerCase());
      const missing = ["httponly", "samesite=lax", "path=/"].filter((name) => !attributes.includes(name));
      const isSecure = attributes.includes("secure");
      const isHttp = page.protocol === "http:";
      if (isSecure && isHttp)
        throw new Wrong(
          `the cookie is Secure, and the page is ${page.origin}`,
          "A browser does not keep it over http. Use https or the name `localhost`. If you did use `localhost`, the Worker " +
            "sees another host: set `[dev] host` in wrangler.toml.",
        );
      if (!isSecure && !isHttp) missing.push("Secure");
      if (missing.length > 0)
        throw new Wrong(`${withoutValue(line)}, without ${missing.join(", ")}`, "Another storage or a proxy made it.");
    },
  ],
  [
    "a read finds it, and sends no new cookie",
    async (page) => {
      const { visitor } = await begin(page);
      const response = await visitor.get();
      if (response.json.value !== "tea")
        throw new Wrong(
          `the value is ${JSON.stringify(response.json.value)}`,
          `The cookie did not open, or its record is missing: another SESSION_SECRET, another database. ${LOG}`,
        );
      if (sessionLines(response).length > 0)
        throw new Wrong(
          "it sent one",
          `Something changes the session on every read, such as a counter. Or: ${LEFTOVER}`,
        );
    },
  ],
  [
    "setting the same value again sends none",
    async (page) => {
      const { visitor } = await begin(page);
      if (sessionLines(await visitor.post("set", "tea")).length > 0) throw new Wrong("it sent one", LEFTOVER);
    },
  ],
  [
    "a flash survives redirects, and the page behind them shows it",
    async (page) => {
      const visitor = createVisitor(page);
      await flash(visitor, "over a redirect");
      const passed = await visitor.visit("GET", { do: "pass" }, {});
      if (passed.status < 300 || passed.status >= 400)
        throw unexpected(passed, "a redirect", "Something followed it, or changed its status.");
      const { messages } = (await visitor.get()).json;
      if (messages[0] !== "over a redirect")
        throw new Wrong(
          "it was lost",
          `The redirect lost its Set-Cookie line, or handleFetch did not see that it was a redirect. ${REMADE}`,
        );
    },
  ],
  [
    "HEAD and a prefetch do not use it up",
    async (page) => {
      const visitor = createVisitor(page);
      await flash(visitor, "for later");
      await visitor.visit("HEAD", {}, {});
      const prefetch = { "Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate" };
      const { messages: early } = (await visitor.get({ ...prefetch, "Sec-Fetch-Site": "same-origin" })).json;
      if (early[0] !== null) throw new Wrong("the prefetched page shows it", REQUEST);
      const { messages } = (await visitor.get()).json;
      if (messages[0] !== "for later") throw new Wrong("it was used up", REQUEST);
    },
  ],
  [
    "a page that is opened shows it, in each of its loaders",
    async (page) => {
      const { messages } = (await openWithFlash(page)).response.json;
      if (messages[0] !== "once" || messages[1] !== "once")
        throw new Wrong(
          `the page shows ${JSON.stringify(messages)}`,
          "Something else has removed it first. Read it only with `getFlash` of the same session.",
        );
    },
  ],
  [
    "the next page does not show it again",
    async (page) => {
      const { visitor } = await openWithFlash(page);
      const { messages } = (await visitor.get()).json;
      if (messages[0] !== null)
        throw new Wrong("it does", `The page that showed it lost the Set-Cookie line that removes it. ${REMADE}`);
    },
  ],
  [
    "a form of another site is answered 403",
    async (page) => {
      const { visitor } = await begin(page);
      const origin = "https://another-site.example";
      for (const headers of [{ Origin: origin, "Sec-Fetch-Site": "cross-site" }, { Origin: origin }]) {
        const response = await visitor.post("set", "poison", headers);
        const isRefused = response.status === 403;
        const refusedOtherwise = "The framework refused it before handleFetch, which must be outside.";
        const accepted = "handleFetch is not in front, or its `allowCrossOrigin` allows this request.";
        if (!isRefused) throw unexpected(response, "403", response.status >= 400 ? refusedOtherwise : accepted);
      }
      const { value } = (await visitor.get()).json;
      if (value !== "tea")
        throw new Wrong("but it was stored", "The handler ran before handleFetch had decided about the request.");
    },
  ],
  [
    "a form of your own site is accepted, even with `Origin: null`",
    async (page) => {
      const { visitor } = await begin(page);
      const response = await visitor.post("set", "milk", { Origin: "null", "Sec-Fetch-Site": "same-origin" });
      if (response.status === 403)
        throw unexpected(response, "200", `${OWN_CHECK} Or a proxy removes Sec-Fetch-Site on the way.`);
      if (response.status >= 400) throw unexpected(response, "200", OWN_CHECK);
    },
  ],
  [
    "no shared cache keeps a personal page",
    async (page) => {
      const { visitor, response: write } = await begin(page);
      const read = await visitor.get();
      const cacheOf = ({ headers }) => headers["cache-control"] ?? "";
      const found = `Cache-Control: ${cacheOf(read) || "–"}; Vary: ${read.headers.vary ?? "–"}`;
      const isPrivate = /\b(private|no-store)\b/i.test(cacheOf(read)) && !/\b(public|s-maxage)\b/i.test(cacheOf(read));
      if (!isPrivate || !/(^|,)\s*(cookie|\*)\s*(,|$)/i.test(read.headers.vary ?? "")) throw new Wrong(found, REMADE);
      if (!/\bno-store\b/i.test(cacheOf(write)))
        throw new Wrong(`after a write, Cache-Control: ${cacheOf(write) || "–"}`, REMADE);
    },
  ],
];

async function openWithFlash(page) {
  const visitor = createVisitor(page);
  await flash(visitor, "once");
  const navigation = { "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin" };
  return { visitor, response: await visitor.get(navigation) };
}

/** Returns the route's address. @throws Unasked if the questions cannot be asked */
async function findRoute() {
  if (!address || !URL.canParse(address) || !/^https?:/.test(address))
    throw new Unasked("Which address? For example: node scripts/check-session.mjs http://localhost:8787/session-check");
  const page = new URL(address);
  const response = await send(page, "GET", {}).catch((error) => {
    throw new Unasked(`Nothing answers at ${page.origin}: ${error.code ?? error.message}. Is the app running?`);
  });
  const { status, json, headers } = response;
  if (Array.isArray(json?.messages)) return page;
  if (headers.location) throw new Unasked(`${page} redirects to ${headers.location}. Ask there, if that is the app.`);
  if (status >= 500) throw new Unasked(`${page} fails: ${unexpected(response, "200").message}. ${LOG}`);
  throw new Unasked(
    `${page} is not the route that this check needs. Its answer is ${status}, without its JSON. ` +
      "app/lib/session/README.md shows the route.",
  );
}

try {
  const page = await findRoute();
  let wrong = 0;
  for (const [index, [title, ask]] of questions.entries()) {
    const number = String(index + 1).padStart(2);
    try {
      await ask(page);
      console.log(`${number}  ok     ${title}`);
    } catch (error) {
      wrong++;
      console.log(`${number}  WRONG  ${title}\n           Found: ${error.message}.`);
      if (error.cause) console.log(`           Probably: ${error.cause}`);
    }
  }
  console.log(
    wrong === 0
      ? `\nAll ${questions.length} are right.`
      : `\n${wrong} of ${questions.length} are wrong. Begin with the first, because the others may follow from it.`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unasked)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
