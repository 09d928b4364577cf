import { writeFrame } from "../../src/websocket/write-frame.ts";
import type { RequestCase } from "./fuzz-case.ts";
import { type HttpGrammar, headers, universalStep } from "./http-requests.ts";
import { alteredJson, damaged, nastyJsonText, nastyText } from "./nasty-values.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A WebSocket that is opened, spoken on well or badly, and closed. */
export function socketRequest(random: SeededRandom, grammar: HttpGrammar): RequestCase {
  const frames = Array.from({ length: random.below(5) }, () => frame(random, grammar));
  const isWell = frames.every(({ isSound }) => isSound);
  const goodbye = writeFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]), isMasked: true });
  return {
    kind: "request",
    pieces: [handshake(random, grammar), ...frames.map(({ bytes }) => bytes), goodbye],
    method: "GET",
    isWhole: true,
    // A frame at fault may announce more than ever comes.
    mustEnd: isWell,
  };
}

function handshake(random: SeededRandom, grammar: HttpGrammar): Buffer {
  const gateway = random.pick(grammar.gateways);
  const target = random.pick([
    `/v1/default/${gateway}`,
    `/v1/default/${gateway}/`,
    `/v1/default/${gateway}/openai/realtime?model=gpt-realtime`,
    `/v1/default/${gateway}/openai?model=x`,
    `/v1/default/${gateway}/google?api_key=x`,
    `/v1/default/${gateway}/elevenlabs/v1/x`,
  ]);
  const version = random.chance(0.95) ? "13" : random.pick(["8", "", "13, 8", "x"]);
  const key = random.chance(0.95) ? "dGhlIHNhbXBsZSBub25jZQ==" : random.pick(["", "x", "dGhl"]);
  const protocols = [
    "cf-aig-authorization.hg_x",
    "openai-insecure-api-key.sk",
    "realtime",
    "cf-aig-metadata.%7B",
    "a b",
    ",,",
  ];
  const others = headers(random, grammar).filter(([name]) => !/^(?:connection|content-|expect|te$)/.test(name));
  const lines = [
    `GET ${target} HTTP/1.1`,
    "host: 127.0.0.1",
    "upgrade: websocket",
    "connection: Upgrade",
    `sec-websocket-version: ${version}`,
    `sec-websocket-key: ${key}`,
    ...(random.chance(0.3) ? [`sec-websocket-protocol: ${random.pick(protocols)}, ${random.pick(protocols)}`] : []),
    ...(random.chance(0.2) ? ["sec-websocket-extensions: permessage-deflate; client_max_window_bits"] : []),
    ...others.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function frame(random: SeededRandom, grammar: HttpGrammar): { readonly bytes: Buffer; readonly isSound: boolean } {
  const opcode = random.pick([1, 1, 1, 1, 2, 9, 10]);
  const isControl = opcode > 7;
  const payload = isControl ? random.bytes(random.below(126)) : message(random, grammar);
  const sound = writeFrame({ opcode, payload, isMasked: true });
  if (random.chance(0.7)) return { bytes: sound, isSound: true };
  const bytes = random.pick([
    () => damaged(random, sound),
    () => writeFrame({ opcode: random.below(16), payload, isMasked: random.chance(0.5), isFinal: random.chance(0.5) }),
    () => random.bytes(1 + random.below(40)),
    () => Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
    () => Buffer.from([0x81, 0xfe, 0x00, 0x05, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    () => writeFrame({ opcode: 8, payload: random.bytes(random.below(10)), isMasked: true }),
    () => writeFrame({ opcode: 1, payload: Buffer.from([0xff, 0xfe, 0xc0]), isMasked: true }),
  ])();
  return { bytes, isSound: false };
}

function message(random: SeededRandom, grammar: HttpGrammar): Buffer {
  const step = universalStep(random, grammar) as object;
  const create = {
    type: "universal.create",
    request: { eventId: random.pick(["a", "a", "b", nastyText(random)]), ...step },
  };
  const cancel = { type: "universal.cancel", request: { eventId: random.pick(["a", "b", nastyText(random)]) } };
  const other = { type: "response.create", response: { modalities: ["text"] } };
  const value: unknown = random.pick([create, create, create, cancel, other]);
  return nastyJsonText(random, random.chance(0.5) ? value : alteredJson(random, value));
}
