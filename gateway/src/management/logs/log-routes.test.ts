import { expect, test } from "bun:test";
import type { LogStore } from "../../stores/ports/log-store.ts";
import { createLogFeed } from "./log-feed.ts";
import { logRoutes } from "./log-routes.ts";

test("every route declares what a caller has to be allowed, and no reader may change or see bodies", () => {
  const routes = logRoutes({ store: {} as LogStore, feed: createLogFeed() });
  const permissions = routes.map(({ method, path, permission }) => [method, path.split("/logs").at(-1), permission]);
  expect(permissions).toEqual([
    ["GET", "", "logs.read"],
    ["DELETE", "", "logs.delete"],
    ["GET", "/tail", "logs.read"],
    ["GET", "/export", "logs.read"],
    ["GET", "/:logId", "logs.read"],
    ["PATCH", "/:logId", "logs.edit"],
    ["GET", "/:logId/request", "logs.read-bodies"],
    ["GET", "/:logId/response", "logs.read-bodies"],
  ]);
});
