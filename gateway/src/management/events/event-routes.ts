import type { SettingsDesk } from "../../settings/settings-desk.ts";
import { type EventStore, EventStoreUnavailable } from "../../stores/ports/event-store.ts";
import { defineRoute } from "../define-route.ts";
import { uncached } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import { accountParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import { eventPageSchema, eventsQuery } from "./schemas.ts";
import { showEvent } from "./show-event.ts";

/** What the route of events needs. */
export interface EventRoutesOptions {
  readonly events: EventStore;
  readonly settings: Pick<SettingsDesk, "current">;
}

/** `GET …/events`: what operators were told, the newest first, a page at a time. */
export function eventRoutes({ events, settings }: EventRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/accounts/:accountId/events",
      permission: "budgets.read",
      summary: "List events",
      description:
        "The newest first, out of the last 100,000 of the installation: each threshold of a budget once in its period, for each part of a split budget.",
      tag: "Budgets",
      params: accountParams,
      query: eventsQuery,
      answer: { kind: "json", schema: eventPageSchema },
      async handle({ params: { accountId }, query }) {
        requireAccount(settings.current, accountId);
        const { type = null, budget = null, since = null, before = null, limit, cursor } = query;
        const olderThan = cursor === undefined ? null : Number(cursor);
        const asked = { accountId, type, budgetId: budget, sinceMs: since, beforeMs: before, olderThan };
        // One more than asked for tells whether there is another page.
        const found = await events.list({ ...asked, limit: limit + 1 }).catch((error: unknown) => {
          throw error instanceof EventStoreUnavailable ? new ManagementError("unavailable") : error;
        });
        const shown = found.slice(0, limit);
        const after = found.length > limit ? String(shown.at(-1)?.sequence ?? "") : "";
        const result = shown.map(({ event }) => showEvent(event));
        const info = { count: shown.length, cursors: { after } };
        return Response.json(
          { success: true, errors: [], messages: [], result, result_info: info },
          { headers: uncached },
        );
      },
    }),
  ];
}
