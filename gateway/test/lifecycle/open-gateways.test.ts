import { expect, test } from "bun:test";
import { type RunOptions, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";

const open = "accounts: { acme: { gateways: { default: { authentication: true }, main: {} } } }\n";
const closed = "accounts: { acme: { gateways: { main: { authentication: true } } } }\n";

async function statusOf(options: RunOptions, path: string): Promise<number> {
  await using headgate = runHeadgateProcess({
    ...options,
    environment: { HEADGATE_WORKERS: "0", HOST: "0.0.0.0", ...options.environment },
  });
  const url = await servedUrl(headgate);
  return (await fetch(`${url}${path}`, { method: "POST", body: "{}" })).status;
}

test("a gateway that asks for no token and others can reach stops the start, which says how to allow it", async () => {
  await using headgate = runHeadgateProcess({ yaml: open, environment: { HOST: "0.0.0.0" } });
  expect(await headgate.exited()).toBe(78);
  expect(headgate.stderr()).toContain(
    "Whoever reaches 0.0.0.0 could use acme/main without a token. Set authentication: true on them, listen on 127.0.0.1, " +
      "or allow it knowingly with HEADGATE_ALLOW_OPEN=true.",
  );
  expect(headgate.stdout()).not.toContain("serves on");
});

test("allowed knowingly, it serves", async () => {
  const options = { yaml: open, environment: { HEADGATE_ALLOW_OPEN: "true" } };
  expect(await statusOf(options, "/v1/acme/main")).toBe(400);
});

test("where every gateway asks for a token it serves, the undeclared default among them", async () => {
  expect(await statusOf({ yaml: closed }, "/v1/acme/main/openai/x")).toBe(401);
  expect(await statusOf({}, "/v1/default/default/openai/x")).toBe(401);
});

test("on this machine alone nothing has to be said", async () => {
  expect(await statusOf({ yaml: open, environment: { HOST: "127.0.0.1" } }, "/v1/acme/main")).toBe(400);
});

test("while it serves, no change opens a gateway that others can reach", async () => {
  const environment = { HOST: "0.0.0.0", HEADGATE_WORKERS: "0", HEADGATE_ADMIN_TOKEN: "the admin's own token" };
  await using headgate = runHeadgateProcess({ environment });
  const url = await servedUrl(headgate);
  const send = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${url}/client/v4/accounts/default/ai-gateway/gateways${path}`, {
      method,
      headers: { authorization: `Bearer ${environment.HEADGATE_ADMIN_TOKEN}` },
      body: JSON.stringify({
        cache_invalidate_on_update: true,
        cache_ttl: 0,
        collect_logs: true,
        rate_limiting_interval: 0,
        rate_limiting_limit: 0,
        ...body,
      }),
    });
  for (const [method, path, body] of [
    ["POST", "", { id: "open" }],
    ["PUT", "/default", { authentication: false }],
  ] as const) {
    const answer = await send(method, path, body);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { code: number; path: string[]; message: string }[] };
    expect(errors[0]).toMatchObject({ code: 7001, path: ["body", "authentication"] });
    expect(errors[0]?.message).toContain("HEADGATE_ALLOW_OPEN=true");
  }
  expect((await send("POST", "", { id: "closed", authentication: true })).status).toBe(200);
});

test("D4 the gateway default is there at its first authenticated use, asks for a token, and comes back when it was deleted", async () => {
  const environment = { HOST: "0.0.0.0", HEADGATE_WORKERS: "0" };
  await using headgate = runHeadgateProcess({ yaml: closed, environment });
  const url = await servedUrl(headgate);
  const token = /hg_[0-9A-Za-z]{49}/.exec(headgate.stdout())?.[0] as string;
  const gateways = `${url}/client/v4/accounts/acme/ai-gateway/gateways`;
  const run = async (given: string): Promise<number> => {
    const headers = { "cf-aig-authorization": given };
    // Past authentication an empty body is refused.
    return (await fetch(`${url}/v1/acme/default`, { method: "POST", headers })).status;
  };
  const manage = async (method: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${gateways}/default`, { method, headers: { authorization: `Bearer ${token}` } });
    return ((await answer.json()) as { result: Record<string, unknown> }).result;
  };
  for (const round of ["first", "deleted"]) {
    expect([round, await run("")]).toEqual([round, 401]);
    expect([round, await run(token)]).toEqual([round, 400]);
    expect(await manage("GET")).toMatchObject({
      id: "default",
      authentication: true,
      is_default: true,
      collect_logs: true,
    });
    await manage("DELETE");
  }
  expect((await fetch(`${url}/v1/acme/other`, { method: "POST" })).status).toBe(400);
});
