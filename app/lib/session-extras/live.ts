/**
 * Tells open tabs at once that their session has ended. Each tab has a WebSocket to the session's own object, which
 * hibernates while nothing happens. The socket carries only `ENDED` and `OTHER`, and closes at a sign-out, at expiry
 * and when the session gets a new id.
 *
 * It needs the Durable Object store, this file's `SessionObject` in place of the store's, and a route that calls
 * `answerLiveSignOut`. With another store that route answers plain requests only. handleFetch refuses sockets from
 * other origins (rule 7.1).
 */
import type { SessionConfig } from "../session/config";
import { nameForLog } from "../session/log";
import { stateOf } from "../session/raw-session";
import { type AnySuperflareSession, tracker } from "../session/session";
import { storeOf } from "../session/stores";
import { type Call, objectOf, SessionObject as PlainSessionObject } from "../session/stores/durable-object";
import { keyOf, type Written } from "../session/stores/record-store";

const ENDED = "ended";
const OTHER = "signed in as somebody else";

/** A socket closes with this code if its session may have changed. The page connects again and is told. */
const CHANGED = 4000;

/**
 * Names a user in an address. It is a keyed hash, because addresses end up in logs. A page puts it into the query `as`,
 * so that the server knows for whom it was rendered.
 */
export const tagOf = (user: unknown, { secrets }: SessionConfig) => tagWith(user, secrets[0]);

const tagWith = (user: unknown, secret?: string) => nameForLog(`user ${JSON.stringify(user)}`, secret);

/**
 * Tells a page whether its visitor is still signed in: `ended`, `signed in as somebody else`, or nothing if all is
 * well. A plain request gets it as text, and a WebSocket as a message when it happens.
 *
 * It does not use the session: an open tab is no activity, so it renews nothing and gets no cookie. The status is 204
 * if the session has just got a new id and the page must ask again, and 503 if the session could not be read.
 */
export async function answerLiveSignOut(session: AnySuperflareSession, config: SessionConfig): Promise<Response> {
  const { request } = config;
  const headers = { "Cache-Control": "no-store" };
  const { claims, note = "", unread } = stateOf(session[tracker].prepareCommit())?.read ?? {};
  const isSocket = request.headers.get("Upgrade")?.toLowerCase() === "websocket";
  if (unread === "unavailable") return new Response(null, { status: 503, headers: { ...headers, "Retry-After": "1" } });
  // The session has a new id, whose cookie is still on its way to the browser.
  if (unread === "replaced") return isSocket ? openAndClose(CHANGED) : new Response(null, { status: 204, headers });

  const { user } = session[tracker].before;
  const shownFor = new URL(request.url).searchParams.get("as");
  const tags = await Promise.all(config.secrets.map((secret) => tagWith(user, secret)));
  const news = user === undefined ? ENDED : tags.some((tag) => tag === shownFor) ? "" : OTHER;
  if (!isSocket) return new Response(news, { headers });
  if (news) return openAndClose(1000, news);
  const store = storeOf(config);
  if (!claims || store.kind !== "durable-object") return new Response(null, { status: 501, headers });
  const key = await keyOf(claims.id);
  const object = objectOf(store.binding, { key, note });
  const shown = new URLSearchParams({ key, user: JSON.stringify(user) });
  return object.fetch(`https://session/?${shown}`, { method: "GET", headers: { Upgrade: "websocket" } });
}

/** Opens the socket first, because a failed handshake would not tell the page why. */
function openAndClose(code: number, news?: string): Response {
  const { 0: webSocket, 1: server } = new WebSocketPair();
  server.accept();
  if (news) server.send(news);
  server.close(code);
  return new Response(null, { status: 101, webSocket });
}

/** Holds one session and the sockets of its tabs. */
export class SessionObject extends PlainSessionObject {
  readonly #state: DurableObjectState;

  constructor(state: DurableObjectState) {
    super(state);
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return super.fetch(request);
    const { 0: webSocket, 1: server } = new WebSocketPair();
    // The socket hibernates: while nothing happens, the object leaves the memory and the socket stays.
    this.#state.acceptWebSocket(server);
    // An automatic answer keeps proxies from closing an idle socket, and does not wake the object.
    this.#state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    // The session may have ended, or got a new id or another user, since the Worker read it.
    const shown = new URL(request.url).searchParams;
    const record = await this.find(Date.now() / 1000);
    if (record?.key !== shown.get("key") || record.values.user !== shown.get("user")) server.close(CHANGED);
    return new Response(null, { status: 101, webSocket });
  }

  override async alarm(): Promise<void> {
    await super.alarm();
    if (this.#state.getWebSockets().length > 0 && !(await this.find(Date.now() / 1000))) this.#closeAll(ENDED);
  }

  protected override async answer(call: Call): Promise<unknown> {
    const result = await super.answer(call);
    if (call.call === "remove" && result) this.#closeAll(ENDED);
    if (call.call === "move" || (call.call === "update" && changesUser(call))) {
      if (["stored", "moved"].includes((result as Written).result)) this.#closeAll();
    }
    return result;
  }

  /** Pages send only pings. Close on anything else. */
  webSocketMessage(socket: WebSocket): void {
    socket.close(1003);
  }

  webSocketClose(socket: WebSocket): void {
    // This completes the handshake. The platform does it only from compatibility date 2026-04-07.
    socket.close();
  }

  #closeAll(news?: string): void {
    for (const socket of this.#state.getWebSockets()) {
      // A socket that is already closing throws.
      try {
        if (news) socket.send(news);
        socket.close(news ? 1000 : CHANGED);
      } catch {}
    }
  }
}

const changesUser = ({ update: { change } }: Extract<Call, { call: "update" }>) =>
  Object.hasOwn(change.set, "user") || change.unset.includes("user");
