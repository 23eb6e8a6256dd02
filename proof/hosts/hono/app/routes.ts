import { Hono } from "hono";
import { act, type SessionData, type SessionFlashData, show } from "./journey";
import type { SuperflareSession } from "./lib/session";
import { answerSessionCheck } from "./session-check";

export const routes = new Hono<{ Variables: { session: SuperflareSession<SessionData, SessionFlashData> } }>()
  .get("/", (c) => c.json(show(c.get("session"))))
  .post("/", (c) => act(c.req.raw, c.get("session")))
  .all("/session-check", (c) => answerSessionCheck(c.req.raw, c.get("session")));
