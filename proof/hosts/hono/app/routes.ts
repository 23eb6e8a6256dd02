import { Hono } from "hono";
import type { HonoEnv } from "../worker";
import { act, show } from "./journey";
import { answerSessionCheck } from "./session-check";

export const routes = new Hono<HonoEnv>()
  .get("/", (c) => c.json(show(c.get("session"))))
  .post("/", (c) => act(c.req.raw, c.get("session")))
  .all("/session-check", (c) => answerSessionCheck(c.req.raw, c.get("session")));
