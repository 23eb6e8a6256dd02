import { index, type RouteConfig, route } from "@react-router/dev/routes";

export default [index("routes/home.tsx"), route("session-check", "routes/session-check.ts")] satisfies RouteConfig;
