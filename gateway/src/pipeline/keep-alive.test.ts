import { afterEach, describe, expect, test } from "bun:test";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { ResponseFraming } from "../http1/response-sink.ts";
import { ResponseWriter } from "../http1/response-writer.ts";
import { SCRATCH_BYTES, SocketWriter } from "../http1/socket-writer.ts";
import type { AnswerTap } from "../streaming/answer-tap.ts";
import type { Gateway } from "./gateway.ts";
import { startKeepAlive } from "./keep-alive.ts";

const intervalMs = 30;
let nowMs = 0;
let wheel: DeadlineWheel;

afterEach(() => wheel.stop());

/** A stream to a client that takes at most `takesBytes` more bytes. */
function open(options: {
  framing?: ResponseFraming;
  atEventBorder?: boolean;
  takesBytes?: number;
  intervalMs?: number;
}) {
  nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  wheel = new DeadlineWheel(clock, 2);
  let roomBytes = options.takesBytes ?? 1_000_000;
  const sent: string[] = [];
  const socket = {
    write(bytes: Buffer, offset = 0, length = bytes.length) {
      const taken = Math.min(roomBytes, length);
      roomBytes -= taken;
      sent.push(bytes.toString("latin1", offset, offset + taken));
      return taken;
    },
  };
  let blockedCount = 0;
  const response = new ResponseWriter(new SocketWriter(socket as never, Buffer.alloc(SCRATCH_BYTES)), {
    closesAfterAnswer: false,
    answerEnded: () => {},
    answerBroken: () => {},
    writingBlocked: () => void (blockedCount += 1),
    takeOver: () => expect.unreachable(),
  });
  response.head(200, [], options.framing ?? "chunked");
  response.flush();
  sent.length = 0;
  const tap = { atEventBorder: options.atEventBorder ?? true } as AnswerTap;
  const config = { streams: { keep_alive_ms: options.intervalMs ?? intervalMs } };
  const gateway = { config, clock, wheel } as unknown as Gateway;
  const keepAlive = startKeepAlive(gateway, { response, tap, isEventStream: true });
  return {
    keepAlive,
    response,
    blocked: () => blockedCount,
    comments: () => sent.join("").split(": keep-alive\n\n").length - 1,
  };
}

async function pass(ms: number): Promise<void> {
  for (const untilMs = nowMs + ms; nowMs < untilMs;) {
    nowMs += 5;
    await Bun.sleep(4);
  }
}

describe("keep-alive", () => {
  test("comments as often as the silence lasts, and stops", async () => {
    const { keepAlive, comments } = open({});
    await pass(20);
    expect(comments()).toBe(0);
    await pass(85);
    expect(comments()).toBe(3);
    keepAlive.stop();
    await pass(100);
    expect([comments(), wheel.size]).toEqual([3, 0]);
  });

  test("is put off by whatever the stream says", async () => {
    const { keepAlive, comments } = open({});
    for (let round = 0; round < 8; round += 1) {
      await pass(20);
      keepAlive.touch();
    }
    expect(comments()).toBe(0);
  });

  test("says nothing inside an event", async () => {
    const { comments } = open({ atEventBorder: false });
    await pass(100);
    expect(comments()).toBe(0);
  });

  test.each(["length", "none"] as const)("is off for an answer framed by %s", async (framing) => {
    const { comments } = open({ framing });
    expect(wheel.size).toBe(0);
    await pass(80);
    expect(comments()).toBe(0);
  });

  test("is off unless asked for", () => {
    open({ intervalMs: 0 });
    expect(wheel.size).toBe(0);
  });

  test("adds nothing for a client that takes nothing, and gains it no time", async () => {
    const { response, comments, blocked } = open({ takesBytes: 100 });
    response.write(Buffer.alloc(500));
    expect(response.flush()).toBe(false);
    const before = blocked();
    await pass(150);
    expect([comments(), blocked()]).toEqual([0, before]);
  });
});
