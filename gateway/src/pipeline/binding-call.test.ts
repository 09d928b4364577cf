import { expect, test } from "bun:test";
import { parseRequestHead } from "../http1/parse-request-head.ts";
import { bindingCallOf, isBindingTarget, managementTargetOf } from "./binding-call.ts";

function managementTarget(target: string, forwarded?: string): string | null {
  const lines = [
    `GET ${target} HTTP/1.1`,
    "host: a",
    ...(forwarded === undefined ? [] : [`x-forwarded: ${forwarded}`]),
  ];
  const call = bindingCallOf(parseRequestHead(lines.join("\r\n")));
  return call === null ? null : managementTargetOf(call);
}

test("which targets are a binding's", () => {
  const proxy = "/client/v4/accounts/acc/ai/run/proxy";
  const own = [proxy, `${proxy}/`, `${proxy}?MF-Binding=AI`, "/ai-gateway/run?version=3", "/ai-api/models/search"];
  expect(own.map(isBindingTarget)).toEqual(own.map(() => true));
  const others = [
    "/client/v4/accounts/acc/ai-gateway/gateways",
    "/client/v4/accounts//ai/run/proxy",
    `${proxy}x`,
    "/ai",
  ];
  expect(others.map(isBindingTarget)).toEqual(others.map(() => false));
});

test("what the management API answers", () => {
  const forwarded = "https://workers-binding.ai/ai-gateway/gateways/my%20gw/logs/abc";
  expect(managementTarget("/client/v4/accounts/a%2Fb/ai/run/proxy", forwarded)).toBe(
    "/client/v4/accounts/a%2Fb/ai-gateway/gateways/my%20gw/logs/abc",
  );
  const account = "/client/v4/accounts/default";
  expect(managementTarget("/ai-gateway/gateways/gw/url/openai")).toBe(`${account}/ai-gateway/gateways/gw/url/openai`);
  expect(managementTarget("/ai-api/models/search?per_page=5")).toBe(`${account}/ai/models/search?per_page=5`);
});

test("a binding reaches nothing else of the management API", () => {
  const others = [
    "/ai-gateway/gateways/gw",
    "/ai-gateway/gateways/gw/logs",
    "/ai-gateway/gateways/gw/logs/a/request",
    "/ai-gateway/gateways/gw/provider_configs/a",
    "/ai-gateway/gateways/gw/logs/a?b=c",
    "/ai-gateway/universal/run/gw",
    "/ai-api/other",
  ];
  expect(others.map((target) => managementTarget(target))).toEqual(others.map(() => null));
});
