/** A billing service on loopback that counts each identifier once, as the real one does. */
export interface MeteringReceiver extends AsyncDisposable {
  readonly url: string;
  /** Events by identifier, as they came first. */
  readonly events: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Identifiers that came again with something else in the event. */
  readonly contradictions: readonly string[];
  /** Every request, with its `authorization`. */
  readonly requests: readonly {
    readonly authorization: string | null;
    readonly form: Readonly<Record<string, string>>;
  }[];
  /** Most requests under way at one time for one customer and meter. */
  readonly mostPerLane: number;
  /** Answers for the next requests, before anything is counted; null takes the event and then breaks off. */
  readonly answers: (() => Response | Promise<Response> | null)[];
}

const IDENTIFIER = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}-\d$/;

/** Starts one on a free port of 127.0.0.1. */
export function startMeteringReceiver(): MeteringReceiver {
  const events = new Map<string, Readonly<Record<string, string>>>();
  const contradictions: string[] = [];
  const requests: MeteringReceiver["requests"][number][] = [];
  const answers: MeteringReceiver["answers"] = [];
  const lanes = new Map<string, number>();
  let mostPerLane = 0;
  const take = (form: Record<string, string>): Response => {
    const { identifier = "" } = form;
    if (!IDENTIFIER.test(identifier)) return Response.json({ error: { message: "no identifier" } }, { status: 400 });
    const known = events.get(identifier);
    if (known === undefined) {
      events.set(identifier, form);
      return Response.json({ object: "billing.meter_event" });
    }
    if (!Bun.deepEquals(known, form)) contradictions.push(identifier);
    const message = `An event already exists with identifier ${identifier}.`;
    return Response.json({ error: { type: "invalid_request_error", message } }, { status: 400 });
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const form = Object.fromEntries(new URLSearchParams(await request.text())) as Record<string, string>;
      requests.push({ authorization: request.headers.get("authorization"), form });
      const lane = `${form["event_name"]} ${form["payload[stripe_customer_id]"]}`;
      lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      mostPerLane = Math.max(mostPerLane, lanes.get(lane) as number);
      try {
        const answer = answers.shift()?.();
        if (answer instanceof Response || answer instanceof Promise) return await answer;
        await Bun.sleep(1);
        const taken = take(form);
        return answer === null ? new Response(null, { status: 503 }) : taken;
      } finally {
        lanes.set(lane, (lanes.get(lane) as number) - 1);
      }
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1/billing/meter_events`,
    events,
    contradictions,
    requests,
    answers,
    get mostPerLane() {
      return mostPerLane;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
