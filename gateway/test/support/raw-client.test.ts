import { expect, test } from "bun:test";
import { buildRequest, openRawClient } from "./raw-client.ts";
import type { RawClient } from "./raw-client.ts";

/** A client whose peer says `pieces`, one write each, and then closes. */
async function clientHearing(pieces: readonly string[]): Promise<{ client: RawClient; stop: () => void }> {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      async open(socket) {
        for (const piece of pieces) {
          socket.write(Buffer.from(piece, "latin1"));
          socket.flush();
          await Bun.sleep(2);
        }
        socket.end();
      },
      data() {},
    },
  });
  return { client: await openRawClient({ port: server.port }), stop: () => server.stop(true) };
}

test("a request is written exactly as told, with a length only where none frames the body", () => {
  const body = Buffer.from("{}");
  const bytes = buildRequest({ method: "POST", target: "/a?b", headerLines: ["HOST:x"], body });
  expect(bytes.toString()).toBe("POST /a?b HTTP/1.1\r\nHOST:x\r\ncontent-length: 2\r\n\r\n{}");
  const framed = buildRequest({ method: "POST", target: "/", headerLines: ["Content-Length: 9"], body });
  expect(framed.toString()).toBe("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}");
});

test("heads, chunks and trailers survive any split; interim heads are kept apart; bytes are not decoded", async () => {
  const text =
    "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\nX-A: \xe9\r\nset-cookie: a\r\nSet-Cookie: b\r\n" +
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n\xff\r\n0\r\nx-t: 1\r\n\r\n";
  const { client, stop } = await clientHearing([...text]);
  const answer = await (await client.nextResponse()).whole();
  expect([answer.status, answer.header("x-a"), answer.ending]).toEqual([200, "\xe9", "clean"]);
  expect(answer.headers("set-cookie")).toEqual(["a", "b"]);
  expect(answer.headerLines[0]).toBe("X-A: \xe9");
  expect(answer.body.toString("latin1")).toBe("hello\xff");
  expect(answer.trailers).toEqual(["x-t: 1"]);
  expect(client.interim.map((head) => head.headerLines)).toEqual([["link: a"]]);
  stop();
});

test("an answer without framing ends with the connection; two answers in one write are two", async () => {
  const { client, stop } = await clientHearing(["HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\nrest"]);
  expect((await (await client.nextResponse()).whole()).body).toHaveLength(0);
  const last = await (await client.nextResponse()).whole();
  expect([last.body.toString(), last.ending]).toEqual(["rest", "clean"]);
  await expect(client.nextResponse()).rejects.toThrow("without an answer");
  stop();
});

test.each([
  ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", "closed_early", "half"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", "closed_early", "half"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "garbage", ""],
  ["SMTP ready\r\n\r\n", "garbage", ""],
])("%j ends as %s", async (text, ending, body) => {
  const { client, stop } = await clientHearing([text]);
  const answer = await (await client.nextResponse()).whole();
  expect([answer.ending, answer.body.toString()]).toEqual([ending, body] as never);
  stop();
});

test("pieces can be taken as they come", async () => {
  const { client, stop } = await clientHearing(["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", "ab", "cd"]);
  const live = await client.nextResponse();
  expect((await live.nextPiece())?.toString()).toBe("ab");
  expect((await live.nextPiece())?.toString()).toBe("cd");
  expect(await live.nextPiece()).toBeNull();
  stop();
});
