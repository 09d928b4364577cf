import { describe, expect, test } from "bun:test";
import { GatewayError } from "../core/errors.ts";
import { parseRequestHead } from "../http1/parse-request-head.ts";
import { type Asked, readPath } from "./read-path.ts";

const universal: Asked = { kind: "universal" };
const proxy = "/client/v4/accounts/acc/ai/run/proxy";

function read(target: string, fields: readonly string[] = [], domain: Parameters<typeof readPath>[1] = null) {
  return readPath(parseRequestHead([`POST ${target} HTTP/1.1`, "host: gateway", ...fields].join("\r\n")), domain);
}

function faultOf(run: () => unknown): { code: number; path: string | undefined; message: string } {
  try {
    run();
  } catch (error) {
    const { definition, details, message } = error as GatewayError;
    return { code: definition.code, path: details.path, message };
  }
  throw new Error("nothing was thrown");
}

describe("the gateway's own paths", () => {
  test.each([
    ["/v1/acc/gw", universal],
    ["/v1/acc/gw/", universal],
    ["/v1/acc/gw/openai", { kind: "provider", slug: "openai", rest: "" }],
    ["/v1/acc/gw/openai/v1/chat%2Fx/y", { kind: "provider", slug: "openai", rest: "v1/chat%2Fx/y" }],
    ["/v1/acc/gw/compat/chat/completions", { kind: "compat", rest: "chat/completions" }],
    ["/v1/acc/gw/compat", { kind: "compat", rest: "" }],
  ] satisfies [string, Asked][])("%s", (target, asked) => {
    expect(read(`${target}?a=1&b=2`)).toEqual({
      form: "full",
      accountId: "acc",
      gatewayId: "gw",
      asked,
      query: "?a=1&b=2",
    });
  });

  test("account and gateway are decoded, and what cannot be decoded stays", () => {
    expect(read("/v1/a%20b/g%2Fw/openai/x")).toMatchObject({ accountId: "a b", gatewayId: "g/w" });
    expect(read("/v1/a%zz/gw/openai/x")).toMatchObject({ accountId: "a%zz" });
  });

  test.each(["/v1", "/v1/", "/v1/acc", "/v1/acc/", "/v1//gw/openai/x"])("%s names no gateway", (target) => {
    expect(faultOf(() => read(target))).toMatchObject({ code: 7003 });
  });

  test("the short form is the default gateway's", () => {
    const place = { form: "short", accountId: "default", gatewayId: "default" };
    expect(read("/openai/v1/models?x")).toEqual({
      ...place,
      form: "short",
      asked: { kind: "provider", slug: "openai", rest: "v1/models" },
      query: "?x",
    });
    expect(read("/compat/models")).toMatchObject({ ...place, asked: { kind: "compat", rest: "models" } });
  });
});

describe("a binding's paths", () => {
  test("universal", () => {
    expect(read("/ai-gateway/universal/run/my-gw?x=1")).toEqual({
      form: "binding",
      accountId: "default",
      gatewayId: "my-gw",
      asked: universal,
      query: "?x=1",
    });
  });

  test("universal through the development proxy", () => {
    const forwarded = "X-Forwarded: https://workers-binding.ai/ai-gateway/universal/run/my-gw";
    expect(read(proxy, [forwarded])).toEqual({
      form: "rest",
      accountId: "acc",
      gatewayId: "my-gw",
      asked: universal,
      query: "",
    });
  });

  test.each([
    "https://workers-binding.ai.example/ai-gateway/universal/run/gw",
    "https://user@workers-binding.ai/ai-gateway/universal/run/gw",
    "http://workers-binding.ai/ai-gateway/universal/run/gw",
    "/ai-gateway/universal/run/gw",
    "",
  ])("the development proxy takes no other origin: %p", (url) => {
    const fault = faultOf(() => read(proxy, [`X-Forwarded: ${url}`]));
    expect(fault).toMatchObject({ code: 7001, path: "x-forwarded" });
    expect(fault.message).toContain(`got "${url}"`);
  });

  test("the development proxy needs the URL", () => {
    expect(faultOf(() => read(proxy))).toMatchObject({ code: 7001, path: "x-forwarded" });
  });

  test.each(["/ai-gateway/universal/run/", "/ai-gateway/universal", "/ai-gateway/other/x"])("%s is none", (target) => {
    expect(faultOf(() => read(target))).toMatchObject({ code: 7003 });
  });
});

describe("a gateway's own host name", () => {
  const place = { accountId: "acc", gatewayId: "gw" };
  test.each([
    ["/", universal],
    ["/openai/v1/models", { kind: "provider", slug: "openai", rest: "v1/models" }],
    ["/compat/chat/completions", { kind: "compat", rest: "chat/completions" }],
    ["/v1/other/gateway/openai/x", { kind: "provider", slug: "v1", rest: "other/gateway/openai/x" }],
    [proxy, { kind: "provider", slug: "client", rest: proxy.slice("/client/".length) }],
  ] satisfies [string, Asked][])("%s", (target, asked) => {
    expect(read(`${target}?a=1`, [], place)).toEqual({ form: "domain", ...place, asked, query: "?a=1" });
  });
});
