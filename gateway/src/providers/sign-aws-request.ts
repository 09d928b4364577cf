import { createHash, createHmac } from "node:crypto";
import { type HeaderList, withHeader } from "../core/header-list.ts";
import { jsonSecret, type UnkeyedRequest, UnusableSecret } from "./apply-key.ts";

const REGION = /^[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/;

/** Credentials of AWS as a stored secret holds them (reference §1.5). */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where the key's own endpoints are; a path that names a region goes there instead. */
  readonly region: string;
  readonly sessionToken: string | null;
}

/**
 * The credentials in a JSON secret `{accessKeyId, secretAccessKey, region, sessionToken?}`; null for plain text, which is an API key.
 * @throws UnusableSecret naming the member that is missing.
 */
export function awsCredentials(secret: string): AwsCredentials | null {
  const members = jsonSecret(secret);
  if (members === null) return null;
  const { accessKeyId, secretAccessKey, region, sessionToken } = members;
  if (typeof region !== "string" || !REGION.test(region)) {
    throw new UnusableSecret("its member region is missing or is no region such as us-east-1");
  }
  return {
    accessKeyId: requiredText(accessKeyId, "accessKeyId"),
    secretAccessKey: requiredText(secretAccessKey, "secretAccessKey"),
    region,
    sessionToken:
      sessionToken === undefined || sessionToken === null ? null : requiredText(sessionToken, "sessionToken"),
  };
}

/**
 * The request's fields with an AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html) over method, path, query, body, `host`,
 * `content-type` and every `x-amz-*` field. The path is encoded once more than it is sent, as all services but S3 want it.
 * @throws UnusableSecret when the request has no signing scope.
 */
export function signAwsRequest(request: UnkeyedRequest, credentials: AwsCredentials): HeaderList {
  const { signing, nowMs } = request;
  if (signing === null) throw new UnusableSecret("it signs requests, and this endpoint takes none that are signed");
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${signing.region}/${signing.service}/aws4_request`;
  const dated = withHeader(request.headers, "x-amz-date", time);
  const { sessionToken } = credentials;
  const headers = sessionToken === null ? dated : withHeader(dated, "x-amz-security-token", sessionToken);
  const signed = signedFields(headers, request.hostHeader);
  const names = signed.map(([name]) => name).join(";");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest(request, signed, names))].join("\n");
  const signature = createHmac("sha256", signingKey(credentials.secretAccessKey, scope)).update(text).digest("hex");
  const credential = `Credential=${credentials.accessKeyId}/${scope}`;
  return withHeader(
    headers,
    "authorization",
    `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  );
}

type Field = readonly [name: string, value: string];

function canonicalRequest({ method, target, body }: UnkeyedRequest, signed: readonly Field[], names: string): string {
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? "" : target.slice(queryStart + 1);
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join("");
  const canonicalPath = path.split("/").map(encoded).join("/");
  return [method, canonicalPath, canonicalQuery(query), lines, names, sha256(body ?? "")].join("\n");
}

function canonicalQuery(query: string): string {
  const parameters = query.split("&").filter((parameter) => parameter !== "");
  const pairs = parameters.map((parameter): Field => {
    const equals = parameter.indexOf("=");
    const [name, value] = equals < 0 ? [parameter, ""] : [parameter.slice(0, equals), parameter.slice(equals + 1)];
    return [encoded(decoded(name)), encoded(decoded(value))];
  });
  pairs.sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** What is signed of the fields, by name; of a repeated field all values. */
function signedFields(headers: HeaderList, hostHeader: string): Field[] {
  const values = new Map<string, string>([["host", hostHeader]]);
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name !== "content-type" && !name.startsWith("x-amz-")) continue;
    const value = (headers[index + 1] as string).trim().replaceAll(/ +/g, " ");
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return [...values].sort(([left], [right]) => compare(left, right));
}

function signingKey(secretAccessKey: string, scope: string): Buffer {
  const start = Buffer.from(`AWS4${secretAccessKey}`);
  return scope.split("/").reduce((key, part) => createHmac("sha256", key).update(part).digest(), start);
}

/** By bytes: encoded text is ASCII. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function requiredText(value: unknown, member: string): string {
  // Goes into a field as it is, where no other characters may stand.
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new UnusableSecret(`its member ${member} is missing or is no text of printable characters`);
}
