import { type SentenceEncoder, unitVector } from "./sentence-encoder.ts";
import type { ResolveSecret } from "../../secrets/resolve-secret.ts";

/** What an encoder behind an endpoint is made with. */
export interface EndpointEncoderOptions {
  /** Takes `{model, input}` in a POST and answers `{data: [{embedding}]}`. */
  readonly url: string;
  readonly model: string;
  /** Reference of the key that is sent as bearer; null for none. */
  readonly key: string | null;
  readonly maxMs: number;
  readonly resolveSecret: ResolveSecret;
}

/** Largest answer that is read: 8192 numbers take less. */
const MAX_ANSWER_BYTES = 1_048_576;
const CONCURRENCY = 8;

/** An encoder behind an HTTP endpoint of the common form. Redirects are not followed: the key is for this address alone. */
export function openEndpointEncoder({
  url,
  model,
  key,
  maxMs,
  resolveSecret,
}: EndpointEncoderOptions): SentenceEncoder {
  return {
    name: `${url} ${model}`,
    concurrency: CONCURRENCY,
    async encode(text) {
      const secret = key === null ? null : await resolveSecret(key);
      if (key !== null && secret === null) throw new Error(`there is no secret behind ${key}`);
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify({ model, input: text, encoding_format: "float" }),
        redirect: "manual",
        signal: AbortSignal.timeout(maxMs),
      });
      if (answer.status !== 200) {
        await answer.body?.cancel();
        throw new Error(`the endpoint of the encoder answered ${answer.status}`);
      }
      return unitVector(embeddingOf(JSON.parse(await boundedText(answer))));
    },
    stop() {},
  };
}

async function boundedText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for await (const piece of answer.body ?? []) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_ANSWER_BYTES)
      throw new Error(`the endpoint of the encoder answered more than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function embeddingOf(answer: unknown): unknown {
  const { data } = (answer ?? {}) as { readonly data?: readonly { readonly embedding?: unknown }[] };
  return Array.isArray(data) ? data[0]?.embedding : undefined;
}
