import { describe, expect, test } from "bun:test";
import { AwsV4Signer } from "aws4fetch";
import { headerValue } from "../core/header-list.ts";
import { type UnkeyedRequest, UnusableSecret } from "./apply-key.ts";
import { type AwsCredentials, awsCredentials, signAwsRequest } from "./sign-aws-request.ts";

const published: AwsCredentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
  sessionToken: null,
};

function request(changes: Partial<UnkeyedRequest> = {}): UnkeyedRequest {
  return {
    method: "GET",
    hostHeader: "example.amazonaws.com",
    target: "/",
    headers: [],
    body: null,
    signing: { service: "service", region: "us-east-1" },
    nowMs: Date.parse("2015-08-30T12:36:00Z"),
    ...changes,
  };
}

const UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const form = ["content-type", "application/x-www-form-urlencoded"];
const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

describe("AWS's published test vectors (Signature Version 4 test suite)", () => {
  test.each<[string, Partial<UnkeyedRequest>, string, string]>([
    ["get-vanilla", {}, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "post-vanilla",
      { method: "POST" },
      "host;x-amz-date",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ],
    [
      "get-vanilla-query-order-key-case",
      { target: "/?Param2=value2&Param1=value1" },
      "host;x-amz-date",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "get-vanilla-query-order-encoded",
      { target: "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1" },
      "host;x-amz-date",
      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ],
    [
      "get-unreserved",
      { target: `/${UNRESERVED}` },
      "host;x-amz-date",
      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ],
    [
      "get-vanilla-query-unreserved",
      { target: `/?${UNRESERVED}=${UNRESERVED}` },
      "host;x-amz-date",
      "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ],
    [
      "get-space",
      { target: "/example space/" },
      "host;x-amz-date",
      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ],
    [
      "get-utf8",
      { target: "/ሴ" },
      "host;x-amz-date",
      "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ],
    [
      "post-x-www-form-urlencoded",
      { method: "POST", headers: form, body: Buffer.from("Param1=value1") },
      "content-type;host;x-amz-date",
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ],
  ])("%s", (...[, changes, names, signature]) => {
    const signed = signAwsRequest(request(changes), published);
    expect(headerValue(signed, "x-amz-date")).toBe("20150830T123600Z");
    expect(headerValue(signed, "authorization")).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    );
  });

  test("get-vanilla-with-session-token", () => {
    const signed = signAwsRequest(request(), { ...published, sessionToken: token });
    expect(headerValue(signed, "x-amz-security-token")).toBe(token);
    expect(headerValue(signed, "authorization")).toEndWith(
      "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    );
  });
});

describe("an independent implementation signs the same", () => {
  test.each([
    ["POST", "/model/anthropic.claude-v2%3A1/converse", '{"messages":[]}'],
    ["POST", "/model/anthropic.claude-v2:1/invoke-with-response-stream", '{"a":"ü"}'],
    ["POST", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/invoke", "{}"],
    ["GET", "/guardrails?maxResults=5&nextToken=a%2Fb%3D&empty=&bare", null],
    ["POST", "/it's(a)*path!/x", ""],
  ])("%s %s", async (method, target, body) => {
    const credentials = { accessKeyId: "AKIA1", secretAccessKey: "s/e+cret", sessionToken: "session" };
    const nowMs = 1_790_000_000_000;
    const own = signAwsRequest(
      request({
        method,
        hostHeader: "bedrock-runtime.eu-west-3.amazonaws.com",
        target,
        headers: ["content-type", "application/json", "x-amzn-bedrock-trace", "ENABLED"],
        body: body === null ? null : Buffer.from(body),
        signing: { service: "bedrock", region: "eu-west-3" },
        nowMs,
      }),
      { ...credentials, region: "us-east-1" },
    );
    // Given the content type alone: it signs every field it gets.
    const independent = await new AwsV4Signer({
      ...credentials,
      method,
      url: `https://bedrock-runtime.eu-west-3.amazonaws.com${target}`,
      headers: { "content-type": "application/json" },
      ...(body === null ? {} : { body }),
      service: "bedrock",
      region: "eu-west-3",
      datetime: "20260921T141320Z",
      allHeaders: true,
    }).sign();
    expect(headerValue(own, "x-amz-date")).toBe("20260921T141320Z");
    expect(headerValue(own, "authorization")).toBe(independent.headers.get("authorization") as string);
  });

  test("all x-amz fields are signed, repeated and wide ones too", async () => {
    const signed = signAwsRequest(
      request({ headers: ["x-amz-meta", "b", "other", "1", "x-amz-meta", " a   c "] }),
      published,
    );
    const independent = await new AwsV4Signer({
      accessKeyId: published.accessKeyId,
      secretAccessKey: published.secretAccessKey,
      url: "https://example.amazonaws.com/",
      headers: { "x-amz-meta": "b,a c" },
      service: "service",
      region: "us-east-1",
      datetime: "20150830T123600Z",
    }).sign();
    expect(headerValue(signed, "authorization")).toBe(independent.headers.get("authorization") as string);
  });
});

describe("secrets", () => {
  test("a JSON object holds credentials, anything else is an API key", () => {
    const json = JSON.stringify({ accessKeyId: "a", secretAccessKey: "b", region: "us-east-1" });
    expect(awsCredentials(json)).toEqual({
      accessKeyId: "a",
      secretAccessKey: "b",
      region: "us-east-1",
      sessionToken: null,
    });
    expect(awsCredentials("bedrock-api-key-xyz")).toBeNull();
  });

  test.each([
    ['{"region":"us-east-1","accessKeyId":"hidden-a"}', "secretAccessKey"],
    ['{"region":"us-east-1","secretAccessKey":"hidden-a"}', "accessKeyId"],
    ['{"region":"us-east-1","accessKeyId":"a","secretAccessKey":"b","sessionToken":7}', "sessionToken"],
    ['{"region":"us-east-1","accessKeyId":"hidden\\r\\nx: y","secretAccessKey":"b"}', "accessKeyId"],
    ['{"accessKeyId":"hidden-a","secretAccessKey":"b"}', "region"],
    ['{"region":"x.evil.example/","accessKeyId":"hidden-a","secretAccessKey":"b"}', "region"],
    ['{"accessKeyId":"hidden-a"', "JSON"],
  ])("%s names what is wrong and shows nothing", (secret, named) => {
    const broken = () => awsCredentials(secret);
    expect(broken).toThrow(UnusableSecret);
    expect(broken).toThrow(named);
    expect(broken).not.toThrow("hidden");
  });

  test("what cannot be signed says so", () => {
    expect(() => signAwsRequest(request({ signing: null }), published)).toThrow(UnusableSecret);
  });
});
