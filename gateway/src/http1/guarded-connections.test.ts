import { afterEach, describe, expect, test } from "bun:test";
import { makeCertificate } from "../../test/support/make-certificate.ts";
import { hasHead, type ScriptedUpstream, startScriptedUpstream } from "../../test/support/scripted-upstream.ts";
import { compileAddressPolicy } from "../core/address-policy.ts";
import { systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { Origin } from "./origin.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";
import { createUpstreamClient, type UpstreamClient, type UpstreamClientOptions } from "./upstream-client.ts";

// 127.0.0.2 plays the address that may be reached, 127.0.0.1 the one behind the firewall.
const onlyTheSecond = compileAddressPolicy({ allow_private: ["127.0.0.2"], allow_http: true });
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function client(options: Partial<UpstreamClientOptions>): UpstreamClient {
  const wheel = new DeadlineWheel(systemClock);
  const made = createUpstreamClient({
    clock: systemClock,
    wheel,
    scratch: Buffer.alloc(SCRATCH_BYTES),
    addressPolicy: onlyTheSecond,
    ...options,
  });
  closers.push(() => {
    made.close();
    wheel.stop();
  });
  return made;
}

function upstreamAt(hostname: string, port = 0): { readonly port: number; readonly heads: readonly string[] } {
  const heads: string[] = [];
  const listener = Bun.listen({
    hostname,
    port,
    socket: {
      data(socket, bytes) {
        heads.push(bytes.toString("latin1"));
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`);
      },
    },
  });
  closers.push(() => listener.stop(true));
  return { port: listener.port, heads };
}

/** The status, or why there was none. */
async function outcome(upstream: UpstreamClient, origin: Origin, connectMs = 2000): Promise<string> {
  return upstream
    .send({
      origin,
      method: "GET",
      target: "/v1/models",
      headers: ["host", origin.hostname],
      body: null,
      timeouts: { connectMs, firstByteMs: 3000, idleMs: 3000, totalMs: 3000 },
    })
    .response.then(
      ({ status }) => String(status),
      (failure: { reason: string; message: string }) => `${failure.reason} ${failure.message}`,
    );
}

const guarded = (hostname: string, port: number): Origin => ({ secure: false, hostname, port, isGuarded: true });

describe("a name that changes its mind", () => {
  test("is caught: what was checked is what is connected to", async () => {
    const allowed = upstreamAt("127.0.0.2");
    const hidden = upstreamAt("127.0.0.1", allowed.port);
    const answers = [["127.0.0.2"], ["127.0.0.1"]];
    let asked = 0;
    const upstream = client({ resolveName: async () => answers[Math.min(asked++, 1)] as string[] });
    const origin = guarded("rebind.example.com", allowed.port);
    expect(await outcome(upstream, origin)).toBe("200");
    expect(asked).toBe(1);
    expect(allowed.heads[0]).toContain("host: rebind.example.com");
    upstream.close();
    expect(await outcome(upstream, origin)).toBe(
      `address_not_allowed rebind.example.com:${allowed.port}: the name leads to a loopback address; network.allow_private in headgate.yaml allows it`,
    );
    expect(hidden.heads).toEqual([]);
  });

  test("a kept connection needs no name, and is never one that was opened unchecked", async () => {
    const hidden = upstreamAt("127.0.0.1");
    let asked = 0;
    const upstream = client({
      resolveName: async () => {
        asked += 1;
        return ["127.0.0.1"];
      },
    });
    const { isGuarded: _, ...open } = guarded("localhost", hidden.port);
    expect(await outcome(upstream, open)).toBe("200");
    expect(upstream.idleCount).toBe(1);
    expect(await outcome(upstream, guarded("localhost", hidden.port))).toStartWith("address_not_allowed ");
    expect([asked, hidden.heads.length]).toEqual([0, 1]);
  });

  test("every address counts, not only the first", async () => {
    const allowed = upstreamAt("127.0.0.2");
    for (const addresses of [
      ["127.0.0.2", "127.0.0.1"],
      ["127.0.0.2", "::1"],
      ["127.0.0.2", "::ffff:169.254.169.254"],
      ["127.0.0.2", "fe80::1%lo"],
      ["0.0.0.0"],
    ]) {
      const upstream = client({ resolveName: async () => addresses });
      expect(await outcome(upstream, guarded("a.example.com", allowed.port))).toStartWith("address_not_allowed ");
    }
    expect(allowed.heads).toEqual([]);
  });
});

describe("an origin is held to the policy when it is connected to", () => {
  test.each([
    [{ hostname: "127.0.0.1" }, "127.0.0.1 is a loopback address"],
    [{ hostname: "::1" }, "::1 is a loopback address"],
    [{ hostname: "169.254.169.254" }, "169.254.169.254 is a cloud metadata address"],
    [{ hostname: "metadata.google.internal" }, "is a name of a local network"],
  ])("%p", async ({ hostname }, words) => {
    const told = await outcome(client({ resolveName: unreachable }), guarded(hostname, 1));
    expect(told).toStartWith("address_not_allowed ");
    expect(told).toContain(words);
  });

  test("http, where only https is allowed", async () => {
    const strict = { addressPolicy: compileAddressPolicy({ allow_private: ["127.0.0.2"], allow_http: false }) };
    expect(await outcome(client(strict), guarded("127.0.0.2", 1))).toContain("network.allow_http");
  });

  test("without a policy nothing but https at public addresses is reached", async () => {
    const wheel = new DeadlineWheel(systemClock);
    const plain = createUpstreamClient({ clock: systemClock, wheel, scratch: Buffer.alloc(SCRATCH_BYTES) });
    closers.push(() => wheel.stop());
    expect(await outcome(plain, { ...guarded("127.0.0.2", 1), secure: true })).toContain("loopback");
    expect(await outcome(plain, { ...guarded("localhost", 1), secure: true })).toContain("local network");
  });

  test("the operator's own origins are not", async () => {
    const hidden = upstreamAt("127.0.0.1");
    const upstream = client({ resolveName: unreachable });
    for (const hostname of ["127.0.0.1", "localhost"]) {
      expect(await outcome(upstream, { secure: false, hostname, port: hidden.port })).toBe("200");
    }
  });

  test("the machine's own resolver is asked unless told otherwise", async () => {
    const hidden = upstreamAt("127.0.0.1");
    const policy = compileAddressPolicy({ allow_private: ["localhost"], allow_http: true });
    expect(await outcome(client({ addressPolicy: policy }), guarded("localhost", hidden.port))).toBe("200");
    expect(await outcome(client({}), guarded("nowhere.invalid", 1))).toStartWith("name_not_resolved ");
  });
});

describe("a name that does not answer well", () => {
  test("without addresses, or an error of the resolver", async () => {
    const none = client({ resolveName: async () => [] });
    expect(await outcome(none, guarded("a.example.com", 1))).toBe(
      "name_not_resolved a.example.com:1: the name has no address",
    );
    const failing = client({ resolveName: () => Promise.reject(Object.assign(new Error("x"), { code: "EAI_AGAIN" })) });
    expect(await outcome(failing, guarded("a.example.com", 1))).toBe("name_not_resolved a.example.com:1: EAI_AGAIN");
  });

  test("a resolver that never answers ends with the connect time-out", async () => {
    const silent = client({ resolveName: () => new Promise(() => {}) });
    expect(await outcome(silent, guarded("a.example.com", 1), 60)).toStartWith("connect_timeout ");
  });

  test("an answer that comes too late connects nowhere", async () => {
    const allowed = upstreamAt("127.0.0.2");
    let answer!: (addresses: string[]) => void;
    const late = client({ resolveName: () => new Promise((resolve) => void (answer = resolve)) });
    expect(await outcome(late, guarded("a.example.com", allowed.port), 40)).toStartWith("connect_timeout ");
    answer(["127.0.0.2"]);
    await Bun.sleep(50);
    expect(allowed.heads).toEqual([]);
  });
});

describe("several addresses", () => {
  const policy = compileAddressPolicy({ allow_private: ["127.0.0.0/8", "::1"], allow_http: true });

  test("the next one is dialed when one refuses", async () => {
    const allowed = upstreamAt("127.0.0.2");
    const upstream = client({
      addressPolicy: policy,
      resolveName: async () => ["127.0.0.3", "127.0.0.4", "127.0.0.2"],
    });
    expect(await outcome(upstream, guarded("a.example.com", allowed.port))).toBe("200");
  });

  test("all refuse: told once, as a refusal", async () => {
    const { port } = upstreamAt("127.0.0.2");
    const upstream = client({ addressPolicy: policy, resolveName: async () => ["127.0.0.3", "::1", "127.0.0.4"] });
    expect(await outcome(upstream, guarded("a.example.com", port))).toStartWith("connection_refused ");
  });

  test("the next one is dialed after a quarter of a second when one is silent, and the silent one is given up", async () => {
    const certificate = makeCertificate({ hosts: ["a.example.com"] });
    const secure = Bun.listen({
      hostname: "127.0.0.2",
      port: 0,
      tls: certificate,
      socket: { data: (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") },
    });
    closers.push(() => secure.stop(true));
    let isSilentClosed = false;
    const silent = Bun.listen({
      hostname: "127.0.0.3",
      port: secure.port,
      socket: { data: () => {}, close: () => void (isSilentClosed = true) },
    });
    closers.push(() => silent.stop(true));
    const upstream = client({
      addressPolicy: policy,
      extraAuthorities: certificate.cert,
      resolveName: async () => ["127.0.0.3", "127.0.0.2"],
    });
    const beganAtMs = performance.now();
    expect(await outcome(upstream, { ...guarded("a.example.com", secure.port), secure: true })).toBe("200");
    expect(performance.now() - beganAtMs).toBeGreaterThan(240);
    await Bun.sleep(20);
    expect(isSilentClosed).toBe(true);
  });
});

test("server name and certificate stay those of the name, whatever address it leads to", async () => {
  for (const [hosts, told] of [
    [["a.example.com"], "200"],
    [["b.example.com"], "certificate_rejected "],
  ] as const) {
    const certificate = makeCertificate({ hosts });
    const secure = Bun.listen({
      hostname: "127.0.0.2",
      port: 0,
      tls: certificate,
      socket: { data: (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") },
    });
    closers.push(() => secure.stop(true));
    const upstream = client({ extraAuthorities: certificate.cert, resolveName: async () => ["127.0.0.2"] });
    expect(await outcome(upstream, { ...guarded("a.example.com", secure.port), secure: true })).toStartWith(told);
  }
});

test("a redirect is an answer like any other: nobody goes where it points", async () => {
  const hidden = upstreamAt("127.0.0.1");
  using redirecting = startRedirecting(`http://127.0.0.1:${hidden.port}/`);
  for (const isGuarded of [true, false]) {
    const upstream = client({
      addressPolicy: compileAddressPolicy({ allow_private: ["127.0.0.1"], allow_http: true }),
    });
    const origin = { secure: false, hostname: "127.0.0.1", port: redirecting.port };
    expect(await outcome(upstream, isGuarded ? { ...origin, isGuarded } : origin)).toBe("302");
  }
  expect(hidden.heads).toEqual([]);
});

function startRedirecting(location: string): ScriptedUpstream {
  return startScriptedUpstream({
    data: (connection) => {
      if (hasHead(connection))
        connection.write(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
    },
  });
}

function unreachable(): Promise<readonly string[]> {
  throw new Error("no name is to be resolved");
}
