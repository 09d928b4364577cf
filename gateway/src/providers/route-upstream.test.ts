import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { GatewayError } from "../core/errors.ts";
import { refusalOf, registry, routed } from "../../test/support/routed.ts";
import { catalogue } from "./catalogue.ts";
import { routeUpstream, type UpstreamTarget } from "./route-upstream.ts";

const bareSlugs = ["openai", "anthropic", "huggingface", "workers-ai", "cohere"];
const badPaths = [
  "..",
  ".",
  "../x",
  "a/../b",
  "a/..",
  "./a",
  "a/./b",
  "%2e%2e/x",
  "%2E./x",
  ".%2e",
  "a/%2e",
  "..;/x",
  "a/..;x=1/b",
  "a/..%3bx",
  "a%2f..%2fb",
  "a%5c..",
  "a/..%2Fb",
  "a b",
  "a\tb",
  "a\r\nx: y",
  "a\u0000b",
  "a\u007fb",
  "é",
  "a\\b",
  "..\\x",
  "a#b",
  "a?b",
  "//evil.example/x",
  "///x",
  "http://evil.example/x",
  "https://evil.example",
  "/https://evil.example",
  "HTTP://evil.example",
];

describe("refused paths", () => {
  test.each(badPaths)("%p", (rest) => {
    for (const slug of bareSlugs) {
      const error = refusalOf(() => routed(slug, rest));
      expect(error.definition.code).toBe(7001);
      expect(error.details.path).toBe("path");
    }
  });

  test.each(["alt=sse", "?a b", "?a#b", "?é", "?a\r\nb"])("query %p", (query) => {
    expect(refusalOf(() => routed("openai", "models", { query })).details.path).toBe("query");
  });

  test("harmless look-alikes pass byte for byte", () => {
    for (const rest of ["a..b/c", ".well-known/x", "...", "a/b%2Fc%20d", "x:y@z;v=1,2", "a//b", "models/", "%zz"]) {
      expect(routed("anthropic", rest).target).toBe(`/${rest}`);
    }
  });
});

describe("hosts chosen by the path", () => {
  const hosts = [
    "evil.example",
    "evil.com%2f",
    "a.b",
    "x@y",
    "x:80",
    "-a",
    "a-",
    "a_b",
    "é",
    "a".repeat(64),
    "%61",
    "[::1]",
    "127.0.0.1",
  ];

  test.each(hosts)("%p is nobody's resource, region or model", (name) => {
    for (const [slug, rest] of [
      ["azure-openai", `${name}/dep/chat/completions`],
      ["aws-bedrock", `bedrock-runtime/${name}/model/m/invoke`],
      ["aws-bedrock", `${name}/us-east-1/model/m/invoke`],
      ["google-vertex-ai", `v1/projects/p/locations/${name}/publishers/google/models/m:generateContent`],
      ["baseten", `model/${name}/predict`],
    ] as const) {
      expect(refusalOf(() => routed(slug, rest)).definition.code).toBe(7001);
    }
  });

  test("a missing part is refused", () => {
    for (const rest of ["", "res", "res/", "/res", "res//x"]) refusalOf(() => routed("azure-openai", rest));
    for (const rest of ["", "bedrock-runtime", "bedrock-runtime/", "bedrock/us-east-1/x", "s3/us-east-1/x"]) {
      refusalOf(() => routed("aws-bedrock", rest));
    }
    refusalOf(() => routed("aws-bedrock", "bedrock-runtime/s3-us-west-2/x"));
    refusalOf(() => routed("aws-bedrock", "bedrock-runtime/us-east-1//evil.example"));
    refusalOf(() => routed("google-vertex-ai", `v1/projects/p/locations/${"a".repeat(60)}/x`));
  });

  test("the account of the request cannot leave its segment", () => {
    const provider = registry.get("workers-ai");
    if (provider === undefined) throw new Error("no provider");
    for (const accountId of ["", "..", "a/b", "a%2fb", ".", "a b"]) {
      const request = { rest: "run/@cf/a/b", query: "", headers: [], accountId };
      expect(refusalOf(() => routeUpstream(provider, request)).details.path).toBe("account");
    }
  });
});

test("only a whole version segment counts as repeated, and only once", () => {
  expect(routed("openai", "v1beta/models").target).toBe("/v1/v1beta/models");
  expect(routed("openai", "v1/v1/models").target).toBe("/v1/v1/models");
  expect(routed("openai", "v1").target).toBe("/v1");
  expect(routed("openai", "v1/").target).toBe("/v1/");
  expect(routed("groq", "openai/models").target).toBe("/openai/v1/openai/models");
  expect(routed("mistral", "v1/models").target).toBe("/v1/models");
});

describe("properties", () => {
  const ownHosts =
    /^(?:[a-z0-9.-]+\.)?(?:openai\.com|anthropic\.com|googleapis\.com|openai\.azure\.com|amazonaws\.com|api\.aws|cloudflare\.com|x\.ai|groq\.com|mistral\.ai|deepseek\.com|perplexity\.ai|cerebras\.ai|cohere\.com|openrouter\.ai|huggingface\.co|replicate\.com|baseten\.co|parallel\.ai|cartesia\.ai|elevenlabs\.io|deepgram\.com|fal\.run|fal\.ai|ideogram\.ai|fireworks\.ai)$/;
  const fragment = fc.constantFrom(
    "/",
    "//",
    "v1",
    "openai",
    "api",
    "..",
    ".",
    "%2e",
    "%2E",
    "%2f",
    "%5C",
    ";",
    "\\",
    "@",
    ":",
    "#",
    "?",
    " ",
    "\r\n",
    "é",
    "evil.example",
    "http://",
    "https://evil.example",
    "bedrock-runtime",
    "bedrock-mantle",
    "us-east-1",
    "locations",
    "global",
    "model",
    "models",
    "chat/completions",
    "[::1]",
    "a",
  );
  const rest = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join("")),
    fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join("/")),
    fc.webPath(),
  );
  const slug = fc.constantFrom(...catalogue.map((provider) => provider.slug));

  function routeOrRefuse(name: string, path: string): UpstreamTarget | undefined {
    try {
      return routed(name, path);
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      return undefined;
    }
  }

  test("whatever the path, the host is the provider's and the target is one clean origin-form path below the base", () => {
    fc.assert(
      fc.property(slug, rest, (name, path) => {
        const result = routeOrRefuse(name, path);
        if (result === undefined) return;
        expect(result.origin.hostname).toMatch(ownHosts);
        expect(result.hostHeader).toBe(result.origin.hostname);
        expect(result.origin.secure).toBe(true);
        expect(result.origin.port).toBe(443);
        expect(result.target).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
        expect(result.target).not.toMatch(/[\\#?]/);
        const segments = new URL(result.target, "https://base.invalid").pathname;
        expect(segments).toBe(result.target.replace(/[{}^`"<>|]/g, (character) => encodeURI(character)));
        const basePath = registry.get(name)?.base.fixed?.path ?? "";
        if (!result.origin.hostname.startsWith("model-")) expect(result.target.startsWith(basePath)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("what was normalised once stays as it is", () => {
    const plain = catalogue.filter((provider) => provider.route === undefined).map((provider) => provider.slug);
    fc.assert(
      fc.property(fc.constantFrom(...plain, "cohere", "huggingface"), rest, (name, path) => {
        const once = routeOrRefuse(name, path);
        if (once === undefined || once.target === "/") return;
        const again = routed(name, once.target);
        expect(again.target).toBe(once.target);
        expect(again.hostHeader).toBe(once.hostHeader);
      }),
      { numRuns: 3000 },
    );
  });

  test("both forms of an endpoint reach one URL where the base ends in a version segment", () => {
    const versioned = catalogue.filter((provider) => (registry.get(provider.slug)?.base.repeatable.length ?? 0) > 0);
    expect(versioned.map((provider) => provider.slug)).toContain("replicate");
    const endpoint = fc.stringMatching(/^[a-z]{3,8}(?:\/[a-z0-9_]{1,8}){0,3}$/);
    fc.assert(
      fc.property(fc.constantFrom(...versioned), endpoint, (provider, path) => {
        for (const repeated of registry.get(provider.slug)?.base.repeatable ?? []) {
          expect(routed(provider.slug, `${repeated}/${path}`)).toMatchObject({
            target: routed(provider.slug, path).target,
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});
