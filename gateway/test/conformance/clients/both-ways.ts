import { expect } from "bun:test";
import type { ReceivedRequest } from "../../support/received-request.ts";
import type { ClientWays } from "./client-ways.ts";
import { requestDifferences } from "./request-differences.ts";

/** Makes the same call both ways; answers both results and both requests as they arrived. */
export async function callBothWays<Result>(
  ways: ClientWays,
  call: (baseUrl: string) => Promise<Result>,
): Promise<{ direct: Result; through: Result; requests: readonly [ReceivedRequest, ReceivedRequest] }> {
  const start = ways.upstream.requests.length;
  const direct = await call(ways.direct);
  const between = ways.upstream.requests.length;
  const through = await call(ways.through);
  const [first, second] = [ways.upstream.requests.slice(start, between), ways.upstream.requests.slice(between)];
  expect(second).toHaveLength(first.length);
  for (const [index, request] of first.entries()) {
    expect(requestDifferences(request, second[index] as ReceivedRequest)).toEqual([]);
  }
  return { direct, through, requests: [first.at(-1) as ReceivedRequest, second.at(-1) as ReceivedRequest] };
}

/** What `promise` was rejected with; fails when it was not. */
export async function thrownBy(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  throw new Error("expected an error, got an answer");
}

/** Name of the class an error was made of. */
export function classOf(error: Error): string {
  return error.constructor.name;
}
