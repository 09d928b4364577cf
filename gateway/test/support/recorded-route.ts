import type { ProviderConfig } from "../../src/core/gateway-settings.ts";
import type { RecordedExchange } from "./recordings.ts";

/** How a recorded request is sent through the gateway, and where it has to come out. */
export interface RecordedRoute {
  readonly slug: string;
  /** Path and query after the slug, without leading slash, as a client would send it. */
  readonly rest: string;
  /** Path and query below the replaced base URL's host, as the provider must see it. */
  readonly upstreamTarget: string;
}

/** A recorded URL taken apart. Where the source kept none, a usual endpoint of that provider stands in. */
interface RecordedUrl {
  readonly host: string;
  /** With leading slash. */
  readonly path: string;
  /** Empty, or with its question mark. */
  readonly query: string;
}

/** Slug and base path of each recorded provider that is built in; `version` is what its base ends in (reference §1.3, §1.4). */
const builtIn: Readonly<Record<string, { readonly slug: string; readonly version: string }>> = {
  openai: { slug: "openai", version: "/v1" },
  anthropic: { slug: "anthropic", version: "" },
  gemini: { slug: "google-ai-studio", version: "" },
  vertex: { slug: "google-vertex-ai", version: "" },
  xai: { slug: "grok", version: "/v1" },
  groq: { slug: "groq", version: "/openai/v1" },
  mistral: { slug: "mistral", version: "" },
  deepseek: { slug: "deepseek", version: "" },
  perplexity: { slug: "perplexity-ai", version: "" },
  cohere: { slug: "cohere", version: "" },
  openrouter: { slug: "openrouter", version: "/api/v1" },
  replicate: { slug: "replicate", version: "/v1" },
  cartesia: { slug: "cartesia", version: "" },
  elevenlabs: { slug: "elevenlabs", version: "" },
  deepgram: { slug: "deepgram", version: "" },
  fal: { slug: "fal", version: "" },
};

const usualEndpoints: Readonly<Record<string, string>> = {
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/unknown:generateContent",
  bedrock: "/model/unknown/converse",
  azure: "/openai/deployments/unknown/chat/completions?api-version=2024-10-21",
  cohere: "/v2/chat",
  groq: "/openai/v1/chat/completions",
  openrouter: "/api/v1/chat/completions",
};

/** Folder of the replay upstream below which a slug's base URL lies, so that a wrong provider shows. */
function folderOf(slug: string): string {
  return `/at/${slug}`;
}

/**
 * `providers` of a configuration that sends every recorded provider to the upstream at `upstreamUrl`: the built-in ones under
 * their slug, `names` of others as `custom-{name}`.
 */
export function replayProviders(upstreamUrl: string, names: readonly string[]): Record<string, ProviderConfig> {
  const providers: Record<string, ProviderConfig> = {};
  const add = (slug: string, version: string): void => {
    providers[slug] = { base_url: `${upstreamUrl}${folderOf(slug)}${version}`, dialect: null };
  };
  for (const { slug, version } of Object.values(builtIn)) add(slug, version);
  for (const slug of ["azure-openai", "aws-bedrock", "huggingface"]) add(slug, "");
  for (const name of names) if (builtIn[name] === undefined) add(`custom-${name}`, "");
  return providers;
}

/**
 * The route of a recorded exchange.
 * @param form for providers whose base ends in a version segment: `documented` leaves it out of the path, `client` repeats it.
 */
export function recordedRoute(exchange: RecordedExchange, form: "documented" | "client" = "client"): RecordedRoute {
  const url = recordedUrl(exchange);
  const special = azureRoute(exchange, url) ?? bedrockRoute(exchange, url) ?? huggingfaceRoute(exchange, url);
  if (special !== null) return special;
  const known = builtIn[exchange.provider];
  const slug = known?.slug ?? `custom-${exchange.provider}`;
  const version = known?.version ?? "";
  if (version === "") return route(slug, url.path, url);
  const below = url.path.startsWith(`${version}/`) ? url.path.slice(version.length) : url.path;
  const repeated = below === url.path ? "" : `/${version.split("/").at(-1)}`;
  return route(slug, form === "client" ? repeated + below : below, { ...url, path: version + below });
}

function route(slug: string, rest: string, upstream: Pick<RecordedUrl, "path" | "query">): RecordedRoute {
  const path = upstream.path === "/" ? "" : upstream.path;
  return {
    slug,
    rest: rest.slice(1) + upstream.query,
    upstreamTarget: folderOf(slug) + path + upstream.query,
  };
}

function azureRoute(exchange: RecordedExchange, url: RecordedUrl): RecordedRoute | null {
  if (exchange.provider !== "azure") return null;
  const resource = url.host.split(".")[0] || "resource";
  const deployment = /^\/openai\/deployments(\/[^/]+\/.+)$/.exec(url.path)?.[1];
  if (deployment !== undefined) return route("azure-openai", `/${resource}${deployment}`, url);
  if (url.path.startsWith("/openai/v1/")) return route("azure-openai", `/${resource}${url.path}`, url);
  return route("custom-azure", url.path, url);
}

function bedrockRoute(exchange: RecordedExchange, url: RecordedUrl): RecordedRoute | null {
  if (exchange.provider !== "bedrock") return null;
  const match = /^(bedrock-(?:runtime|mantle|agent-runtime))\.([a-z0-9-]+)\./.exec(url.host);
  if (match === null && url.host !== "") return route("custom-bedrock", url.path, url);
  return route("aws-bedrock", `/${match?.[1] ?? "bedrock-runtime"}/${match?.[2] ?? "us-east-1"}${url.path}`, url);
}

function huggingfaceRoute(exchange: RecordedExchange, url: RecordedUrl): RecordedRoute | null {
  if (exchange.provider !== "huggingface") return null;
  return route(url.host === "router.huggingface.co" ? "huggingface" : "custom-huggingface", url.path, url);
}

/** What sources left out of URLs is put back: a region for a masked one, and clients' encoding of `<` and `>`; clients keep fragments to themselves. */
function recordedUrl(exchange: RecordedExchange): RecordedUrl {
  const kept = exchange.request.url || (usualEndpoints[exchange.provider] ?? "/v1/chat/completions");
  const text = kept.replace(/#.*$/, "").replace(/\.<AWS_REGION>\./, ".us-east-1.");
  const [, host = "", rest = ""] = /^(?:https?:\/\/([^/?]*))?(.*)$/.exec(text) ?? [];
  const target = rest.replaceAll("<", "%3C").replaceAll(">", "%3E");
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  return { host, path: `/${path.replace(/^\/+/, "")}`, query: queryStart < 0 ? "" : target.slice(queryStart) };
}
