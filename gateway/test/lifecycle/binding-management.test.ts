import { expect, test } from "bun:test";
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";

test("a binding's call of the management API may be made by any method, and ends no worker", async () => {
  await using headgate = runHeadgateProcess({
    environment: { HEADGATE_WORKERS: "1", HEADGATE_ADMIN_TOKEN: "admin-token" },
  });
  const url = `${await servedUrl(headgate)}/ai-gateway/gateways/default/url/openai`;
  const headers = { authorization: "Bearer admin-token" };
  const statuses: number[] = [];
  for (const init of [
    { method: "HEAD" },
    { method: "HEAD", headers },
    { method: "OPTIONS" },
    { method: "POST", headers },
  ]) {
    const answer = await fetch(url, init);
    await answer.arrayBuffer();
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([401, 200, 405, 405]);
  const answer = (await (await fetch(url, { headers })).json()) as { result: { url: string } };
  expect(answer.result.url).toEndWith("/v1/default/default/openai");
  expect(headgate.logged("unhandled_rejection")).toEqual([]);
  expect(headgate.logged("child_ended")).toEqual([]);
}, 20_000);
