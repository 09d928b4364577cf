import { S3Client } from "bun";
import { DeliveryError, type LogpushTarget, neededSecret, type ResolveSecret } from "../target.ts";
import type { S3TargetSettings } from "../../core/export-settings.ts";

const timeoutMs = 60_000;

/** Puts files into a bucket, under `prefix` and their name. */
export function s3Target(settings: S3TargetSettings, resolveSecret: ResolveSecret): LogpushTarget {
  return {
    async deliver({ objectName, bytes }, signal) {
      const secretAccessKey = await neededSecret(resolveSecret, settings.secret_access_key);
      const client = new S3Client({
        bucket: settings.bucket,
        region: settings.region ?? "us-east-1",
        accessKeyId: settings.access_key_id,
        secretAccessKey,
        ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
      });
      const key = `${settings.prefix ?? ""}${objectName}`;
      const writing = client.write(key, bytes, { type: "application/gzip" }).catch((error: unknown) => {
        // The client's own message may hold the address; its code is a word.
        throw new DeliveryError(codeOf(error) ?? "s3_failed");
      });
      await Promise.race([writing, rejection(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))]);
    },
  };
}

/** The client takes no signal; what it does after a time-out only writes the same bytes under the same name. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new DeliveryError("timeout"));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
}

function codeOf(error: unknown): string | null {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^\w{1,64}$/.test(code) ? code : null;
}
