/**
 * Plays a plan: a few requests of a visitor, one of which meets a fault. Then everything works again, and the visitor
 * tries that one once more.
 */
import { handleFetch, SuperflareSession } from "~/lib/session";
import { type Kind, pairOf } from "../../harness";
import { changesIdentity, type Exchange } from "./exchange";
import { ACTIONS, type Action, type Data, type FaultPlan, faultyStep, type Notes } from "./plan";
import { Told } from "./told";
import { type Defect, isFormer, isRemoval, World } from "./world";

/** Returns the broken rules as sentences, and the events that led to them. */
export async function brokenByFault(kind: Kind, plan: FaultPlan, defect: Defect = {}): Promise<string[]> {
  const world = new World(kind, plan, defect);
  await world.begin();
  const told = new Told(world);
  await new Player(world, told).play(0);
  world.end();
  return told.broken.length > 0 ? [...told.broken, ...world.events] : [];
}

class Player {
  readonly #world: World;
  readonly #told: Told;
  /** How often a session has begun, ended, got a new id or been adopted. */
  #changesOfIdentity = 0;
  /** How often a request has read an old copy. */
  #oldReads = 0;
  #isOver = false;

  constructor(world: World, told: Told) {
    this.#world = world;
    this.#told = told;
  }

  /** Plays the steps from this one on. */
  async play(index: number): Promise<void> {
    const { plan } = this.#world;
    const step = plan.steps[index];
    if (step) {
      const rest = () => this.play(index + 1);
      await this.#send(step.does, index, step.isSlow ? rest : undefined);
      if (!step.isSlow) await rest();
    } else if (!this.#isOver) {
      this.#isOver = true;
      const again = plan.steps[faultyStep(plan)];
      if (again) await this.#send(again.does, plan.steps.length);
    }
  }

  /** @param meanwhile happens between the reading and the writing of a slow request */
  async #send(does: Action, index: number, meanwhile?: () => Promise<void>): Promise<void> {
    const { plan } = this.#world;
    const [world, told] = [this.#world, this.#told];
    const name = `"${does}"${index === plan.steps.length ? " again" : ""}`;
    if (meanwhile) world.events.push(`${name} begins, slowly`);
    const isOfDevice = does === "be revoked";
    const sent = isOfDevice ? world.devices.slice(0, 1) : [...world.jar.values()];
    const read = isOfDevice ? await world.look(sent) : world.seen;
    const [changesBefore, oldReadsBefore, hadEnded] = [this.#changesOfIdentity, this.#oldReads, told.hasEnded(sent)];

    const { response, fault, ...answer } = await this.#answer(does, index, sent, meanwhile);
    const lines = response.headers.getSetCookie();
    const isLost = faultyStep(plan) === index && plan.fault.how === "the answer is lost";
    const { status } = response;
    world.events.push(`${name}: ${status}${lines.length > 0 ? " with a cookie" : ""}${isLost ? ", lost" : ""}`);
    if (!isLost) for (const line of lines) world.take(line, isOfDevice);
    await world.finishLate();
    world.seen = await world.look(world.jar.values());

    const isOld = fault?.how === "an old copy";
    const exchange: Exchange = {
      ...answer,
      name,
      does,
      status,
      isLost,
      fault,
      wasOvertaken: this.#changesOfIdentity !== changesBefore,
      wasSignedOut: !hadEnded && told.hasEnded(sent),
      isBlurred: isOld || this.#oldReads !== oldReadsBefore,
      isFull: read.isFormer && plan.start === "full",
      isOutOfSight: told.sessionOf(sent)?.isOutOfSight ?? false,
      sent,
      read,
      after: world.seen,
    };
    if (changesIdentity(exchange)) this.#changesOfIdentity++;
    if (isOld) this.#oldReads++;
    const issued = lines.find((line) => !isRemoval(line) && !isFormer(line));
    await told.check(exchange, isOfDevice || !issued ? undefined : pairOf(issued));
  }

  /** Answers a request as the app does. */
  async #answer(does: Action, index: number, sent: string[], meanwhile?: () => Promise<void>) {
    const world = this.#world;
    const method = does === "show" ? "GET" : "POST";
    const header = sent.join("; ");
    const request = new Request("https://example.com/", { method, headers: { Cookie: header } });
    const { config, storage, met } = world.open(index, request);
    const session = new SuperflareSession<Data>(await storage.getSession(header));
    const commit = () => storage.commitSession(session.getSession());
    const text = `text ${index}`;
    const notes: Notes = {};
    let before = world.seen;
    const response = await handleFetch({ config, session, getSessionCookie: commit }, async () => {
      await meanwhile?.();
      before = world.seen;
      await ACTIONS[does]({ session, userSessions: storage.userSessions, commit, text, notes });
      return new Response(null, { status: does === "show" ? 200 : 303 });
    }).catch(() => new Response("worker.ts answers so when the app throws", { status: 500 }));
    return { response, before, text, notes, fault: met.fault };
  }
}
