/** Checks each answer against what the visitor has been told so far (rules 3, 4.6, 4.11, 6.2, 8.7 and 8.8). */
import {
  allowedAfter,
  type Exchange,
  isConfirmed,
  isOtherUser,
  isSame,
  isSignIn,
  isWrongAbout,
  wasEnded,
} from "./exchange";
import { NOTICE, USERS } from "./plan";
import { FORMER_STORAGE, isFormer, type World } from "./world";

/** All cookies of one session, from the first one over each new id. */
interface KnownSession {
  cookies: string[];
  /** It may have an id that the browser has never got. */
  isOutOfSight: boolean;
}

const inWords = (data: object) =>
  JSON.stringify(data, (_, value) => (typeof value === "string" ? value.slice(0, 20) : value));

export class Told {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #sessions = new Map<string, KnownSession>();
  /** Cookies of sessions that have ended for good. */
  readonly #ended = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    for (const pair of world.jar.values()) this.#learn(pair);
  }

  /** Returns the session that these cookies lead to, or led to once. */
  sessionOf(sent: string[]): KnownSession | undefined {
    return sent.map((pair) => this.#sessions.get(pair)).find((session) => session !== undefined);
  }

  /** The visitor was told that the session of one of these cookies has ended. */
  hasEnded(sent: string[]): boolean {
    return sent.some((pair) => this.#ended.has(pair));
  }

  async check(exchange: Exchange, issued: string | undefined): Promise<void> {
    const session = this.sessionOf(exchange.sent);
    if (exchange.isBlurred) this.#checkIdentity(exchange);
    else {
      this.#checkStatus(exchange);
      this.#checkMessage(exchange);
      await this.#checkOutcome(exchange, session);
      await this.#checkRevocation(exchange);
    }
    if (exchange.does === "sign out") this.#noteSignOut(exchange, session);
    await this.#checkEnded(exchange);

    if (session && this.#mayHaveMoved(exchange)) session.isOutOfSight = true;
    const isOfSession = exchange.read.isKnown && !isOtherUser(exchange) && !exchange.isBlurred;
    if (issued) this.#learn(issued, isOfSession ? session : undefined);
  }

  #learn(cookie: string, session: KnownSession = { cookies: [], isOutOfSight: false }): void {
    if (isFormer(cookie)) return;
    session.cookies.push(cookie);
    this.#sessions.set(cookie, session);
  }

  #checkStatus({ name, status, fault, wasOvertaken, isOutOfSight }: Exchange): void {
    const isExplained = fault || wasOvertaken || isOutOfSight;
    if (status >= 400 && !isExplained) this.broken.push(`4.6 ${name} is answered ${status}, and nothing has failed`);
  }

  /** A page shows the message that waits, and no other. */
  #checkMessage({ name, does, notes, read, fault }: Exchange): void {
    const waiting = read.data[NOTICE];
    if (does !== "show" || notes.shown === waiting || (fault && notes.shown === undefined)) return;
    this.broken.push(`3.1 ${name} shows "${notes.shown}", and "${waiting}" was waiting`);
  }

  async #checkOutcome(exchange: Exchange, session: KnownSession | undefined): Promise<void> {
    const { name, status, isLost, isOutOfSight, before, after } = exchange;
    const allowed = allowedAfter(exchange);
    if (!allowed.some((data) => isSame(data, after.data))) {
      const texts = allowed.map(inWords).join(" or ");
      const rule = isConfirmed(exchange) ? "P1" : "8.7";
      this.broken.push(`${rule} after ${name}, ${status}, there is ${inWords(after.data)}, and not ${texts}`);
    }
    // What has followed the session to an id out of sight can be seen by the cookie that was lost on its way.
    if (!isConfirmed(exchange) || isLost || !isOutOfSight || !isSame(before.data, after.data)) return;
    for (const cookie of session?.cookies ?? []) {
      const view = await this.#world.look([cookie]);
      if (view.isKnown && isWrongAbout(exchange, view.data))
        this.broken.push(`P1 ${name} is confirmed, and is not stored: ${inWords(view.data)}`);
    }
  }

  /** Where a copy is old, no value is certain, but who is signed in is (8.4). */
  #checkIdentity(exchange: Exchange): void {
    const { name, does, sent, after } = exchange;
    if (!isConfirmed(exchange) || exchange.isLost) return;
    if (isSignIn(exchange) && after.data.user !== USERS[does])
      this.broken.push(`P1 ${name} is confirmed, and ${after.data.user ?? "nobody"} is signed in`);
    if (does === "sign out" && sent.length > 0 && after.isKnown)
      this.broken.push(`6.2 ${name} is confirmed, and the browser keeps its session`);
  }

  async #checkRevocation(exchange: Exchange): Promise<void> {
    const { name, does, notes, read, before, fault, wasOvertaken, isOutOfSight } = exchange;
    const isSure = !fault && !wasOvertaken && !isOutOfSight && read.isKnown && read.data.user === "ada";
    if (does === "be revoked") {
      const session = this.sessionOf([...this.#world.jar.values()]);
      if (isSure && session && before.data.user === "ada" && !wasEnded(exchange))
        this.broken.push(`8.8 ${name} has not ended the browser's session`);
      if (wasEnded(exchange)) for (const cookie of session?.cookies ?? []) this.#ended.add(cookie);
    }
    if (does !== "revoke the others" || read.data.user !== "ada") return;
    const devices = await Promise.all(this.#world.devices.map((cookie) => this.#world.look([cookie])));
    const left = devices.flatMap(({ isKnown, data }) => (isKnown ? [`device ${data.device}`] : []));
    const failed = fault?.where.startsWith("device") ? fault.where : undefined;
    if (failed && !isConfirmed(exchange)) this.broken.push(`8.8 ${name} fails, because ${failed} does`);
    const mustEnd = notes.revoked?.isComplete || failed || (isSure && !read.isFormer);
    for (const device of mustEnd ? left : [])
      if (device !== failed || notes.revoked?.isComplete) this.broken.push(`8.8 ${name} leaves ${device} signed in`);
  }

  /** A sign-out ends the session for all its cookies, and one storage that is down keeps no other's alive (1.6, P2). */
  #noteSignOut(exchange: Exchange, session: KnownSession | undefined): void {
    const { sent, fault, isBlurred } = exchange;
    const hasEnded = isConfirmed(exchange) || fault?.where === FORMER_STORAGE;
    const own = isBlurred ? sent : (session?.cookies ?? []);
    // A copy of a sealed cookie opens until it expires (8.4).
    if (hasEnded && this.#world.kind !== "cookie") for (const cookie of own) this.#ended.add(cookie);
    if (isConfirmed(exchange)) for (const cookie of sent.filter(isFormer)) this.#ended.add(cookie);
  }

  async #checkEnded({ name }: Exchange): Promise<void> {
    for (const cookie of this.#ended) {
      if (!(await this.#world.look([cookie])).isKnown) continue;
      this.broken.push(`6.2 after ${name}, a cookie of a session that has ended opens`);
      this.#ended.delete(cookie);
    }
  }

  #mayHaveMoved(exchange: Exchange): boolean {
    const { isLost, fault } = exchange;
    if (this.#world.kind === "cookie" || !isSignIn(exchange)) return false;
    return isLost || (fault !== undefined && fault.how !== "fails" && !isConfirmed(exchange));
  }
}
