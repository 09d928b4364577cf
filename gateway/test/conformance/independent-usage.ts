import type { TokenUsage } from "../../src/core/usage.ts";
import type { DialectId } from "../../src/dialects/dialect.ts";
import { bodyBytes, type RecordedExchange } from "../support/recordings.ts";

// Deliberately another way than the product's: everything parsed at once, one plain function a vendor family, no paths, no scanners.

type Json = ReturnType<typeof JSON.parse>;
type Counts = { -readonly [Name in keyof TokenUsage]: TokenUsage[Name] | null | undefined };

/** Every JSON document of an answer with its event name: the body, its lines, its SSE data, or its event-stream payloads. */
function documentsOf(exchange: RecordedExchange): Json[] {
  const { response } = exchange;
  if ((response.headers["content-type"] ?? "").includes("amazon.eventstream"))
    return frameDocuments(bodyBytes(response));
  const whole = parse(response.body);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  const blocks = response.body.split(/(?:\r\n){2,}|\n{2,}|\r{2,}/);
  const events = blocks.map((block) =>
    block
      .split(/\r\n|\n|\r/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.replace(/^data: ?/, ""))
      .join("\n"),
  );
  const isSse = events.some((data) => data !== "");
  const texts = isSse ? events : response.body.split("\n");
  return texts.map((text) => parse(text)).filter((document) => document !== undefined);
}

/** What the answer told of its usage, read straight from its documents; null when it told none. */
export function independentUsage(dialect: DialectId, exchange: RecordedExchange): TokenUsage | null {
  const documents = documentsOf(exchange).filter(
    (document) => typeof document === "object" && document !== null && !Array.isArray(document),
  );
  const counts = countsOf(dialect, documents, exchange.response.headers);
  if (counts === null) return null;
  const entries = Object.entries(counts).filter(([, value]) => value !== undefined && value !== null);
  return entries.some(([name]) => name !== "serviceTier") ? (Object.fromEntries(entries) as TokenUsage) : null;
}

function countsOf(dialect: DialectId, documents: Json[], headers: Readonly<Record<string, string>>): Counts | null {
  switch (dialect) {
    case "opaque":
      return null;
    case "anthropic-messages":
      return anthropicCounts(documents);
    case "gemini":
      return geminiCounts(documents);
    case "bedrock-converse":
      return converseCounts(documents);
    case "bedrock-invoke":
      return invokeCounts(documents, headers);
    case "cohere":
      return cohereCounts(documents);
    case "replicate": {
      const metrics = documents.at(-1)?.metrics;
      return { inputTokens: metrics?.input_token_count, outputTokens: metrics?.output_token_count };
    }
    case "ollama": {
      const last = documents.findLast(
        (document) => document.eval_count !== undefined || document.prompt_eval_count !== undefined,
      );
      if (last === undefined) return openaiCounts(documents);
      return { inputTokens: last.prompt_eval_count, outputTokens: last.eval_count };
    }
    case "huggingface": {
      const details = documents.findLast((document) => document.details !== undefined)?.details;
      return details === undefined ? openaiCounts(documents) : { outputTokens: details.generated_tokens };
    }
    default:
      return openaiCounts(documents, dialect === "openai-embeddings");
  }
}

function openaiCounts(documents: Json[], isEmbedding = false): Counts | null {
  const usages = documents.map((document) => document.usage ?? document.response?.usage ?? document.x_groq?.usage);
  const usage = usages.findLast((candidate) => candidate !== null && candidate !== undefined);
  if (usage === undefined) return null;
  const input =
    usage.prompt_tokens_details ??
    usage.input_tokens_details ??
    usage.input_token_details ??
    usage.prompt_token_details ??
    {};
  const output = usage.completion_tokens_details ?? usage.output_tokens_details ?? usage.completion_token_details ?? {};
  const inputTokens = usage.prompt_tokens ?? usage.input_tokens ?? (isEmbedding ? usage.total_tokens : undefined);
  const visible = usage.completion_tokens ?? usage.output_tokens;
  const reasoning = output.reasoning_tokens ?? usage.reasoning_tokens;
  const isApart = reasoning > 0 && inputTokens + visible + reasoning === usage.total_tokens;
  const cost = typeof usage.cost === "number" ? usage.cost * 1e9 : usage.cost?.total_cost * 1e9;
  const ticks = usage.cost_in_usd_ticks / 10;
  const reported = Number.isNaN(cost) ? ticks : cost;
  const tiers = documents.map((document) => document.response?.service_tier ?? document.service_tier);
  return {
    inputTokens,
    outputTokens: isApart ? visible + reasoning : visible,
    totalTokens: usage.total_tokens,
    inputTextTokens: input.text_tokens,
    inputAudioTokens: input.audio_tokens ?? usage.audio_prompt_tokens,
    inputImageTokens: input.image_tokens,
    inputVideoTokens: input.video_tokens,
    inputCachedTokens:
      input.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? usage.cache_read_input_tokens,
    inputCacheCreationTokens: input.cache_write_tokens ?? usage.cache_creation_input_tokens,
    inputCacheCreation5mTokens: usage.cache_creation?.ephemeral_5m_input_tokens,
    inputCacheCreation1hTokens: usage.cache_creation?.ephemeral_1h_input_tokens,
    outputTextTokens: output.text_tokens,
    outputReasoningTokens: reasoning,
    outputAudioTokens: output.audio_tokens,
    outputImageTokens: output.image_tokens,
    webSearches:
      usage.server_tool_use?.web_search_requests ??
      usage.server_tool_use_details?.web_search_requests ??
      usage.server_side_tool_usage_details?.web_search_calls ??
      usage.num_search_queries,
    audioSeconds: usage.seconds ?? usage.prompt_audio_seconds,
    reportedCostNanoUsd: Number.isNaN(reported) ? undefined : Math.round(reported),
    serviceTier: usage.service_tier ?? tiers.findLast((tier) => typeof tier === "string"),
  };
}

function anthropicCounts(documents: Json[]): Counts | null {
  const usage: Json = {};
  for (const document of documents) {
    for (const [name, value] of Object.entries(document.message?.usage ?? document.usage ?? {})) {
      if (value !== null && (value !== 0 || usage[name] === undefined)) usage[name] = value;
    }
  }
  if (Object.keys(usage).length === 0) return null;
  const compacted = (usage.iterations ?? []).filter((iteration: Json) => iteration.type === "compaction");
  const add = (first: number | undefined, name: string) =>
    compacted.length === 0
      ? first
      : compacted.reduce((sum: number, iteration: Json) => sum + (iteration[name] ?? 0), first ?? 0);
  const lifetime = (name: string) =>
    compacted.reduce((sum: number | undefined, iteration: Json) => {
      const more = iteration.cache_creation?.[name];
      return more === undefined ? sum : (sum ?? 0) + more;
    }, usage.cache_creation?.[name]);
  const isTold = usage.input_tokens ?? usage.cache_read_input_tokens ?? usage.cache_creation_input_tokens;
  const read = add(usage.cache_read_input_tokens, "cache_read_input_tokens");
  const written = add(usage.cache_creation_input_tokens, "cache_creation_input_tokens");
  const input = (add(usage.input_tokens, "input_tokens") ?? 0) + (read ?? 0) + (written ?? 0);
  return {
    inputTokens: isTold === undefined ? undefined : input,
    outputTokens: add(usage.output_tokens, "output_tokens"),
    inputCachedTokens: read,
    inputCacheCreationTokens: written,
    inputCacheCreation5mTokens: lifetime("ephemeral_5m_input_tokens"),
    inputCacheCreation1hTokens: lifetime("ephemeral_1h_input_tokens"),
    outputReasoningTokens: usage.output_tokens_details?.thinking_tokens,
    webSearches: usage.server_tool_use?.web_search_requests,
    serviceTier: usage.service_tier,
    reportedCostNanoUsd: usage.cost === undefined ? undefined : Math.round(usage.cost * 1e9),
  };
}

function geminiCounts(documents: Json[]): Counts | null {
  const interaction = documents.findLast((document) => (document.usage ?? document.interaction?.usage) !== undefined);
  if (interaction !== undefined) return interactionCounts(interaction.interaction ?? interaction);
  const usages = documents
    .map((document) => document.usageMetadata)
    .filter((usage) => typeof usage === "object" && usage !== null);
  if (usages.length === 0) return null;
  const usage: Json = Object.assign({}, ...usages);
  const candidates = usage.candidatesTokenCount ?? usage.responseTokenCount;
  const output = candidates ?? usage.thoughtsTokenCount;
  const count = (details: Json, ...modalities: string[]) => {
    const found = (details ?? []).filter((entry: Json) => modalities.includes(entry.modality));
    return found.length === 0 ? undefined : found.reduce((sum: number, entry: Json) => sum + entry.tokenCount, 0);
  };
  const input = (...modalities: string[]) =>
    count([...(usage.promptTokensDetails ?? []), ...(usage.toolUsePromptTokensDetails ?? [])], ...modalities);
  const outputOf = (modality: string) => count(usage.candidatesTokensDetails ?? usage.responseTokensDetails, modality);
  return {
    inputTokens:
      usage.promptTokenCount === undefined ? undefined : usage.promptTokenCount + (usage.toolUsePromptTokenCount ?? 0),
    outputTokens: output === undefined ? undefined : (candidates ?? 0) + (usage.thoughtsTokenCount ?? 0),
    totalTokens: usage.totalTokenCount,
    inputTextTokens: input("TEXT"),
    inputAudioTokens: input("AUDIO"),
    inputImageTokens: input("IMAGE", "DOCUMENT"),
    inputVideoTokens: input("VIDEO"),
    inputToolTokens: usage.toolUsePromptTokenCount,
    inputCachedTokens: usage.cachedContentTokenCount,
    inputCachedTextTokens: count(usage.cacheTokensDetails, "TEXT"),
    inputCachedAudioTokens: count(usage.cacheTokensDetails, "AUDIO"),
    inputCachedImageTokens: count(usage.cacheTokensDetails, "IMAGE", "DOCUMENT"),
    inputCachedVideoTokens: count(usage.cacheTokensDetails, "VIDEO"),
    outputTextTokens: outputOf("TEXT"),
    outputReasoningTokens: usage.thoughtsTokenCount,
    outputAudioTokens: outputOf("AUDIO"),
    outputImageTokens: outputOf("IMAGE"),
    serviceTier: usage.serviceTier,
  };
}

function interactionCounts(interaction: Json): Counts {
  const { usage } = interaction;
  const text = (details: Json) => details?.find((entry: Json) => entry.modality === "text")?.tokens;
  const prompt = text(usage.input_tokens_by_modality);
  return {
    inputTokens: usage.total_input_tokens + usage.total_tool_use_tokens,
    outputTokens: usage.total_output_tokens + usage.total_thought_tokens,
    totalTokens: usage.total_tokens,
    inputTextTokens: prompt === undefined ? undefined : prompt + (text(usage.tool_use_tokens_by_modality) ?? 0),
    inputToolTokens: usage.total_tool_use_tokens,
    inputCachedTokens: usage.total_cached_tokens,
    outputTextTokens: text(usage.output_tokens_by_modality),
    outputReasoningTokens: usage.total_thought_tokens,
    serviceTier: interaction.service_tier,
  };
}

function converseCounts(documents: Json[]): Counts | null {
  const holder = documents.findLast((document) => (document.usage ?? document.metadata?.usage) !== undefined);
  if (holder === undefined) return null;
  const usage = holder.usage ?? holder.metadata.usage;
  const read = usage.cacheReadInputTokens ?? usage.cacheReadInputTokenCount;
  const written = usage.cacheWriteInputTokens ?? usage.cacheWriteInputTokenCount;
  const lifetime = (ttl: string) => usage.cacheDetails?.find((entry: Json) => entry.ttl === ttl)?.inputTokens;
  return {
    inputTokens: usage.inputTokens === undefined ? undefined : usage.inputTokens + (read ?? 0) + (written ?? 0),
    outputTokens: usage.outputTokens,
    totalTokens: usage.totalTokens,
    inputCachedTokens: read,
    inputCacheCreationTokens: written,
    inputCacheCreation5mTokens: lifetime("5m"),
    inputCacheCreation1hTokens: lifetime("1h"),
    serviceTier: holder.serviceTier?.type,
  };
}

function invokeCounts(documents: Json[], headers: Readonly<Record<string, string>>): Counts | null {
  const metrics = documents.findLast((document) => document["amazon-bedrock-invocationMetrics"] !== undefined)?.[
    "amazon-bedrock-invocationMetrics"
  ];
  const body = documents.at(-1) ?? {};
  const header = (name: string) => (headers[name] === undefined ? undefined : Number(headers[name]));
  const maker = anthropicCounts(documents) ?? {};
  const chat = documents.findLast((document) => document.usage?.prompt_tokens !== undefined)?.usage;
  const nova = converseCounts(documents);
  if (nova !== null && nova.inputTokens !== undefined) {
    return { ...nova, outputTokens: nova.outputTokens ?? header("x-amzn-bedrock-output-token-count") };
  }
  return {
    ...maker,
    inputTokens:
      maker.inputTokens ??
      chat?.prompt_tokens ??
      metrics?.inputTokenCount ??
      body.prompt_token_count ??
      body.inputTextTokenCount ??
      header("x-amzn-bedrock-input-token-count"),
    outputTokens:
      maker.outputTokens ??
      chat?.completion_tokens ??
      metrics?.outputTokenCount ??
      body.generation_token_count ??
      body.totalOutputTextTokenCount ??
      body.results?.[0]?.tokenCount ??
      header("x-amzn-bedrock-output-token-count"),
    totalTokens: chat?.total_tokens,
    inputCachedTokens: maker.inputCachedTokens ?? metrics?.cacheReadInputTokenCount,
    inputCacheCreationTokens: maker.inputCacheCreationTokens ?? metrics?.cacheWriteInputTokenCount,
  };
}

function cohereCounts(documents: Json[]): Counts | null {
  const holders = documents.map(
    (document) => document.usage ?? document.delta?.usage ?? document.meta ?? document.response?.meta,
  );
  const usage = holders.findLast((holder) => holder !== undefined && holder !== null);
  if (usage === undefined) return null;
  const { tokens = {}, billed_units: billed = {} } = usage;
  return {
    inputTokens: tokens.input_tokens ?? billed.input_tokens,
    outputTokens: tokens.output_tokens ?? billed.output_tokens,
    inputImageTokens: tokens.image_tokens ?? billed.image_tokens,
    inputCachedTokens: usage.cached_tokens,
    outputReasoningTokens: tokens.reasoning_tokens,
  };
}

function frameDocuments(body: Buffer): Json[] {
  const documents: Json[] = [];
  for (let start = 0; start + 16 <= body.length; start += body.readUInt32BE(start)) {
    const end = start + body.readUInt32BE(start);
    const payload = parse(body.toString("utf8", start + 12 + body.readUInt32BE(start + 4), end - 4));
    documents.push(
      typeof payload?.bytes === "string" ? parse(Buffer.from(payload.bytes, "base64").toString()) : payload,
    );
  }
  return documents.filter((document) => document !== undefined);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
