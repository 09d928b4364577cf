import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { answerOf, streamOf } from "./answers.ts";
import { callBothWays, classOf, thrownBy } from "./both-ways.ts";
import type { ClientContract, StreamedCall } from "./client-contract.ts";
import { startClientWays } from "./client-ways.ts";
import type { ClientWays } from "./client-ways.ts";
import { describeRecorded } from "./describe-recorded.ts";

/** The gateway's last event, or the broken connection itself when the client's `fetch` meets that before it hands the event over. */
const brokenMessage = /The provider broke off: |connection was closed/;

/** Runs a client's contract against the gateway, then `specifics` in the same block. */
export function describeClient(contract: ClientContract, specifics?: (ways: () => ClientWays) => void): void {
  describe(contract.name, () => {
    let started: ClientWays;
    const ways = (): ClientWays => started;
    beforeAll(async () => {
      started = await startClientWays(contract.slug, contract.paths);
    });
    afterAll(() => started.stop());
    describePlainCall(contract, ways);
    if (contract.stream !== null) describeStream({ ...contract, stream: contract.stream }, ways);
    describeErrors(contract, ways);
    if (contract.recorded !== null) describeRecorded(contract, ways);
    specifics?.(ways);
  });
}

function describePlainCall(contract: ClientContract, ways: () => ClientWays): void {
  const { plain } = contract;

  test("a plain call: same answer, and the vendor sees the same request as without a gateway", async () => {
    const { upstream, gateway, recordAfter } = ways();
    upstream.answer(() => answerOf(plain.exchange));
    const recordCount = gateway.recordCount();
    const { direct, through, requests } = await callBothWays(ways(), (baseUrl) => plain.call(baseUrl));
    expect(plain.text(through)).toBe(plain.expected);
    expect(through).toEqual(direct as never);
    const [, request] = requests;
    expect(request.target).toBe(plain.target);
    for (const [name, value] of Object.entries(plain.fields)) {
      if (typeof value === "string") expect(request.header(name)).toBe(value);
      else expect(request.header(name)).toMatch(value);
    }
    expect(await recordAfter(recordCount)).toMatchObject({
      provider: contract.slug,
      outcome: "complete",
      success: true,
      streamed: false,
      model: plain.model,
      usage: plain.usage,
      userAgent: request.header("user-agent") ?? null,
    });
  });

  test("abort before the answer: the vendor is let go, and the record says who left", async () => {
    const { upstream, gateway, through, recordAfter } = ways();
    const recordCount = gateway.recordCount();
    const arrived = Promise.withResolvers<void>();
    upstream.answer(() => {
      arrived.resolve();
      return null;
    });
    const controller = new AbortController();
    const failed = thrownBy(plain.call(through, controller.signal));
    await arrived.promise;
    controller.abort();
    await failed;
    expect((await upstream.nextAbort()).target).toBe(plain.target);
    expect(await recordAfter(recordCount)).toMatchObject({ outcome: "client_aborted", success: false, usage: null });
  });
}

function describeStream(contract: ClientContract & { stream: StreamedCall }, ways: () => ClientWays): void {
  const { stream } = contract;

  test("a streamed call: every piece in order, the first before the vendor has sent the others", async () => {
    const { upstream, gateway, recordAfter } = ways();
    const recordCount = gateway.recordCount();
    let gate = Promise.withResolvers<void>();
    upstream.answer(() => streamOf(stream.exchange, stream.heldAfterEvents, gate.promise));
    const { direct, through } = await callBothWays(ways(), async (baseUrl) => {
      gate = Promise.withResolvers<void>();
      const pieces: unknown[] = [];
      for await (const piece of await stream.open(baseUrl)) {
        pieces.push(piece);
        if (stream.text(piece) !== "") gate.resolve();
      }
      return pieces;
    });
    expect(through.map((piece) => stream.text(piece)).filter((text) => text !== "")).toEqual([...stream.expected]);
    expect(through).toEqual(direct);
    expect(await recordAfter(recordCount)).toMatchObject({
      provider: contract.slug,
      outcome: "complete",
      success: true,
      streamed: true,
      model: stream.model,
      usage: stream.usage,
    });
  });

  test("abort in mid-stream: the vendor is let go, and the record says who left", async () => {
    const { upstream, gateway, through, recordAfter } = ways();
    const recordCount = gateway.recordCount();
    const gate = Promise.withResolvers<void>();
    upstream.answer(() => streamOf(stream.exchange, stream.heldAfterEvents, gate.promise));
    const controller = new AbortController();
    const texts: string[] = [];
    try {
      for await (const piece of await stream.open(through, controller.signal)) {
        texts.push(stream.text(piece));
        if (texts.at(-1) !== "") controller.abort();
      }
    } catch {
      // Some clients throw when aborted, some end.
    }
    expect(texts.join("")).toBe(stream.expected[0] as string);
    const request = await upstream.nextAbort();
    expect(request.answered).toBe(false);
    expect(await recordAfter(recordCount)).toMatchObject({ outcome: "client_aborted", success: false, streamed: true });
    gate.resolve();
  });

  test("a stream the vendor breaks off ends in an error, never cleanly", async () => {
    const { upstream, gateway, through, recordAfter } = ways();
    const recordCount = gateway.recordCount();
    const gate = Promise.withResolvers<void>();
    upstream.answer(() => ({
      ...streamOf(stream.exchange, stream.heldAfterEvents, gate.promise),
      breakAfterPieces: 1,
    }));
    const texts: string[] = [];
    const error = await thrownBy(
      (async () => {
        for await (const piece of await stream.open(through)) {
          texts.push(stream.text(piece));
          if (texts.at(-1) !== "") gate.resolve();
        }
      })(),
    );
    expect(texts.join("")).toBe(stream.expected[0] as string);
    expect(error.message).toMatch(brokenMessage);
    expect(await recordAfter(recordCount)).toMatchObject({ outcome: "upstream_broken", success: false });
  });
}

function describeErrors(contract: ClientContract, ways: () => ClientWays): void {
  const { plain, gatewayError } = contract;

  test.each(contract.vendorErrors.map((fault) => [fault.answer.status, fault.thrown, fault] as const))(
    "the vendor's own error %d is thrown as %s with the vendor's words",
    async (status, thrown, { answer, says }) => {
      const { upstream, through, direct, gateway, recordAfter } = ways();
      upstream.answer(() => answer);
      const recordCount = gateway.recordCount();
      const error = await thrownBy(plain.call(through));
      const without = await thrownBy(plain.call(direct));
      expect(classOf(error)).toBe(thrown);
      expect(error.message).toContain(says);
      expect(error.message).toBe(without.message.replaceAll(direct, through));
      expect(await recordAfter(recordCount)).toMatchObject({ statusCode: status, success: false, errorCode: null });
    },
  );

  const kinds = [
    ["an unknown gateway (2001)", "unknownGateway", gatewayError.unknown],
    ["a provider that refuses (2005)", "refused", gatewayError.refused],
  ] as const;
  for (const [title, way, message] of kinds) {
    test(`${title} is thrown as ${gatewayError.thrown}, and its message tells a reader`, async () => {
      const error = await thrownBy(plain.call(ways()[way]));
      expect(classOf(error)).toBe(gatewayError.thrown);
      expect(gatewayError.read?.(error) ?? error.message).toMatch(message);
      const { stream } = contract;
      if (stream === null) return;
      const streamError = await thrownBy(
        (async () => {
          for await (const piece of await stream.open(ways()[way])) stream.text(piece);
        })(),
      );
      expect(classOf(streamError)).toBe(gatewayError.thrown);
      expect(streamError.message).toMatch(message);
    });
  }
}
