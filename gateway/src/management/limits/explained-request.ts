import { z } from "zod";
import { invalid } from "../management-error.ts";

/** A request that is only spoken of, as it would come in. */
export interface ExplainedRequest {
  readonly accountId: string;
  readonly gateway: string;
  readonly provider: string;
  /** Endpoint after the provider, with its query. */
  readonly path: string;
  readonly method: string;
  /** Names, lower-case, and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly tokenId: string | null;
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
// Visible characters and blanks between them, as a header may have (RFC 9110 §5.5).
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** What a request is like beyond what limits ask about. */
export const requestShape = {
  headers: z
    .record(z.string(), z.string().max(8192))
    .default({})
    .meta({ description: "Its header fields, `cf-aig-*` and the credential among them." }),
  body: z
    .union([z.string().max(1_000_000), z.record(z.string(), z.unknown())])
    .optional()
    .meta({
      description: "Its body: the text as it is sent, or an object, which is sent as JSON. Left out: the model alone.",
    }),
} as const;

interface Asked {
  readonly gateway: string;
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  readonly method: string;
  readonly token?: string | undefined;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readonly<Record<string, unknown>> | undefined;
}

/**
 * The request that a body of the dry run speaks of.
 * @throws ManagementError 400 code 7001 with path `["body", "headers", name]` for what cannot be a header, `["body", "path"]` and
 *   `["body", "method"]` for what cannot stand in a request line.
 */
export function explainedRequest(accountId: string, asked: Asked): ExplainedRequest {
  const { gateway, provider, path, method, token = null, metadata } = asked;
  if (!/^[\x21-\x7e]*$/.test(path)) throw invalid("Expected a path without blanks, in ASCII", ["body", "path"]);
  if (!/^[A-Z]{1,20}$/.test(method)) throw invalid("Expected a method such as POST", ["body", "method"]);
  const headers = fieldsOf(asked.headers);
  const names = new Set(headers.filter((_, index) => index % 2 === 0));
  if (!names.has("content-type")) headers.push("content-type", "application/json");
  if (Object.keys(metadata).length > 0 && !names.has("cf-aig-metadata"))
    headers.push("cf-aig-metadata", Buffer.from(JSON.stringify(metadata)).toString("latin1"));
  return { accountId, gateway, provider, path, method, headers, body: bodyOf(asked), tokenId: token };
}

function fieldsOf(headers: Asked["headers"]): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const bytes = Buffer.from(value).toString("latin1");
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(bytes)) {
      throw invalid("Expected the name and the value of a header field", ["body", "headers", name]);
    }
    return [name.toLowerCase(), bytes];
  });
}

function bodyOf({ body, model }: Asked): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  return Buffer.from(JSON.stringify(body ?? (model === "" ? {} : { model })));
}
