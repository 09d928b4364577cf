import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import {
  type HeadgateProcess,
  isProcessAlive,
  localCredential,
  runHeadgateProcess,
  servedUrl,
  workerPids,
} from "../support/headgate-process.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const mainPath = join(import.meta.dir, "../../src/main.ts");
const namespaces = process.getuid?.() === 0 ? ["-m"] : ["-rm"];

/** Whether this machine lets tests mount disks of their own that nobody else sees. */
function canMount(how: string): boolean {
  using directory = temporaryDirectory();
  const probe = Bun.spawnSync([
    "unshare",
    ...namespaces,
    "sh",
    "-c",
    `cd "$0" && mkdir disk && ${how}`,
    directory.path,
  ]);
  if (!probe.success) console.log(`not tested: ${how} is refused here (${probe.stderr.toString().trim()})`);
  return probe.success;
}

/** A gateway whose data directory is a disk of its own; `mount` is a shell line with that directory as $1. */
function gatewayOnDisk(directory: string, mount: string, yaml: string): HeadgateProcess {
  const data = join(directory, "data");
  mkdirSync(data, { recursive: true });
  return runHeadgateProcess({
    executable: "unshare",
    args: [...namespaces, "sh", "-c", `${mount} && exec "$0" "$2"`, process.execPath, data, mainPath],
    directory,
    yaml,
    environment: { HEADGATE_WORKERS: "1" },
  });
}

/** A file of a process's own view of the disks. */
function seenBy({ pid }: HeadgateProcess, path: string): string {
  return `/proc/${pid}/root${path}`;
}

function askChat(url: string, gatewayId = "default"): Promise<Response> {
  return fetch(`${url}/v1/default/${gatewayId}/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    body: '{"model":"sample","stream":true}',
  });
}

/** Workers know of a change within a second. */
async function untilServed(url: string, gatewayId: string): Promise<void> {
  let status = 0;
  for (let look = 0; look < 100 && status !== 200; look += 1) {
    status = (await askChat(url, gatewayId)).status;
    await Bun.sleep(20);
  }
  expect(status).toBe(200);
}

interface Managed {
  readonly status: number;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

async function manage(url: string, credential: Record<string, string>, body?: object): Promise<Managed> {
  const answer = await fetch(`${url}/client/v4/accounts/default/ai-gateway/gateways`, {
    headers: { ...credential, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  const { errors } = (await answer.json()) as Managed;
  return { status: answer.status, errors };
}

function newGateway(id: string): object {
  return {
    id,
    cache_ttl: 0,
    cache_invalidate_on_update: false,
    collect_logs: true,
    rate_limiting_interval: 0,
    rate_limiting_limit: 0,
  };
}

test("a full disk: changes of settings are refused with a reason, traffic and reading go on, and all is well once there is room", async () => {
  if (!canMount("mount -t tmpfs none disk")) return;
  using place = temporaryDirectory();
  using upstream = streamingUpstream(2, 0);
  const mount = 'mount -t tmpfs -o size=64m,mode=700 none "$1"';
  await using headgate = gatewayOnDisk(place.path, mount, upstream.yaml);
  const url = await servedUrl(headgate);
  const data = seenBy(headgate, join(place.path, "data"));
  const credential = localCredential(data);
  expect(await manage(url, credential, newGateway("before"))).toMatchObject({ status: 200 });
  await untilServed(url, "before");

  const filler = join(data, "filler");
  expect(() => {
    for (const pieceBytes of [1_000_000, 4096, 1])
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(pieceBytes), { flag: "a" });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC" || pieceBytes === 1) throw error;
      }
  }).toThrow("ENOSPC");
  const refused = await manage(url, credential, newGateway("during"));
  expect(refused).toEqual({
    status: 503,
    errors: [
      {
        code: 7000,
        message: "Settings cannot be stored now: the disk is full. Nothing was changed; requests are served as before",
      },
    ],
  });
  for (let round = 0; round < 20; round += 1) {
    const answer = await askChat(url, round % 2 === 0 ? "default" : "before");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toEndWith("[DONE]\n\n");
  }
  expect(await manage(url, credential)).toMatchObject({ status: 200 });
  expect((await askChat(url, "during")).status).toBe(400);

  rmSync(filler);
  expect(await manage(url, credential, newGateway("after"))).toMatchObject({ status: 200 });
  await headgate.until(() => readFileSync(join(data, "settings.json"), "utf8").includes('"after"'));
  await untilServed(url, "after");
  expect(headgate.logged("child_ended")).toEqual([]);
}, 60_000);

test("a disk that turns read-only: changes of settings are refused with a reason, traffic and reading go on, stopping works", async () => {
  const image = "truncate -s 64M image && mkfs.ext4 -q image && mount -o loop,errors=remount-ro image disk";
  if (!canMount(`${image} && test -d /sys/fs/ext4`)) return;
  using place = temporaryDirectory();
  using upstream = streamingUpstream(2, 0);
  const made = Bun.spawnSync(["sh", "-c", "truncate -s 64M image && mkfs.ext4 -q image"], { cwd: place.path });
  expect(made.success).toBe(true);
  const mount = `mount -o loop,errors=remount-ro '${join(place.path, "image")}' "$1" && chmod 700 "$1"`;
  await using headgate = gatewayOnDisk(place.path, mount, upstream.yaml);
  const url = await servedUrl(headgate);
  const data = join(place.path, "data");
  const credential = localCredential(seenBy(headgate, data));
  expect(await manage(url, credential, newGateway("before"))).toMatchObject({ status: 200 });
  await untilServed(url, "before");

  const mounts = readFileSync(`/proc/${headgate.pid}/mounts`, "utf8");
  const device = mounts
    .split("\n")
    .find((line) => line.split(" ")[1] === data)
    ?.split(" ")[0];
  const name = /^\/dev\/(loop\d+)$/.exec(device ?? "")?.[1] as string;
  expect(name).toBeString();
  // What the file system does by itself when its disk fails.
  writeFileSync(`/sys/fs/ext4/${name}/trigger_fs_error`, "test");
  expect(() => writeFileSync(join(seenBy(headgate, data), "probe"), "")).toThrow("EROFS");
  const refused = await manage(url, credential, newGateway("during"));
  expect(refused.status).toBe(503);
  expect(refused.errors[0]?.message).toStartWith("Settings cannot be stored now: the disk cannot be written to.");
  for (let round = 0; round < 10; round += 1) {
    const answer = await askChat(url, "before");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toEndWith("[DONE]\n\n");
  }
  expect(await manage(url, credential)).toMatchObject({ status: 200 });
  expect(headgate.logged("child_ended")).toEqual([]);
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
  expect(headgate.stderr()).not.toContain("unhandled_rejection");
}, 60_000);

test("a start on a disk that cannot be written to says so", async () => {
  if (!canMount("mount -t tmpfs -o ro none disk")) return;
  using place = temporaryDirectory();
  await using headgate = gatewayOnDisk(place.path, 'mount -t tmpfs -o ro none "$1"', "");
  expect(await headgate.exited()).toBe(73);
  expect(headgate.stderr()).toContain("cannot be written to (EROFS");
  expect(headgate.stderr()).toContain("Set HEADGATE_DATA");
}, 20_000);

test("out of descriptors: who comes too late is told so, no core is kept busy, what runs goes on, and all is well afterwards", async () => {
  using upstream = streamingUpstream(20, 200);
  using place = temporaryDirectory();
  await using headgate = runHeadgateProcess({
    executable: "sh",
    args: ["-c", 'ulimit -n 150 && exec "$0" "$1"', process.execPath, mainPath],
    directory: place.path,
    yaml: upstream.yaml,
    environment: { HEADGATE_WORKERS: "1" },
  });
  const url = await servedUrl(headgate);
  const port = Number(new URL(url).port);
  const [worker] = workerPids(headgate) as [number];
  const running = await askChat(url);
  const crowd = Array.from({ length: 400 }, () => lateComer(port));
  const isHeld = ({ socket, hasEnded }: LateComer): boolean => !socket.destroyed && !hasEnded();
  await headgate.until(() => crowd.filter(isHeld).length < 20);
  const told = crowd.map(({ text }) => text()).filter((text) => text !== "");
  expect(told.length).toBeGreaterThan(10);
  for (const text of told) {
    expect(text).toStartWith("HTTP/1.1 503 ");
    expect(text).toContain("\r\nretry-after: 1\r\n");
    expect(text).toContain('"code":9009');
  }
  expect(crowd.filter(isHeld).length).toBeGreaterThan(10);
  expect(openDescriptors(worker)).toBeLessThan(150);
  const cpuBeforeMs = cpuMs(worker);
  for (let round = 0; round < 15; round += 1) {
    crowd.push(lateComer(port));
    await Bun.sleep(100);
  }
  expect(cpuMs(worker) - cpuBeforeMs).toBeLessThan(400);
  expect(await running.text()).toEndWith("[DONE]\n\n");
  for (const { socket } of crowd) socket.destroy();
  await headgate.until(() => openDescriptors(worker) < 100);
  const answers = await Promise.all(Array.from({ length: 8 }, () => askChat(url)));
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(await answer.text()).toEndWith("[DONE]\n\n");
  }
  const credential = localCredential(join(place.path, "data"));
  const metrics = await (await fetch(`${url}/metrics`, { headers: credential })).text();
  const refused = /headgate_worker_refused_connections_total\{worker="w0"\} (\d+)/.exec(metrics)?.[1];
  expect(Number(refused)).toBeGreaterThan(380);
  expect(headgate.logged("connections_refused").length).toBeGreaterThan(0);
  expect(headgate.logged("child_ended")).toEqual([]);
  expect(isProcessAlive(worker)).toBe(true);
}, 60_000);

interface LateComer {
  readonly socket: Socket;
  readonly text: () => string;
  /** Whether the gateway ended its side. */
  readonly hasEnded: () => boolean;
}

/** A client that asks nothing, and never closes by itself. */
function lateComer(port: number): LateComer {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  let hasEnded = false;
  socket.on("data", (bytes) => (text += bytes.toString()));
  socket.on("end", () => (hasEnded = true));
  socket.on("error", () => {});
  return { socket, text: () => text, hasEnded: () => hasEnded };
}

/** Processor time of a process so far; the kernel counts hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
