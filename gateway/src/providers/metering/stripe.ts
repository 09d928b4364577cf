import type { MeteringService } from "../../core/usage-event.ts";

const DAY_MS = 86_400_000;

/**
 * Stripe's meter events (https://docs.stripe.com/api/billing/meter-event/create, https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api):
 * a form, one event a call, looked at before it is answered; identifiers are unique for at least 24 hours; events may be 35 days old; one call at a time
 * for each customer and meter. The product uses the streams of version 2, whose refusals come later and elsewhere.
 */
export const stripeMetering: MeteringService = {
  url: "https://api.stripe.com/v1/billing/meter_events",
  contentType: "application/x-www-form-urlencoded",
  maxAgeMs: 35 * DAY_MS,
  authorization: (key) => (/^\S+ \S/.test(key) ? key : `Bearer ${key}`),
  encode({ identifier, name, payload, atMs }) {
    const form = new URLSearchParams({ event_name: name, identifier, timestamp: String(Math.floor(atMs / 1000)) });
    for (const [key, value] of Object.entries(payload)) form.set(`payload[${key}]`, value);
    return form.toString();
  },
  // Some refusals carry the code, some the words alone.
  isKnownAlready: (body) => /duplicate_meter_event|event already exists with identifier/i.test(body),
  laneOf: ({ name, payload }) => `${name}\n${payload["stripe_customer_id"] ?? ""}`,
};
