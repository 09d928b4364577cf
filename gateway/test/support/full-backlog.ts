/** A listener that accepts nothing any more: its process is stopped and its backlog is full. Null where that cannot be made. */
export async function fullBacklog(): Promise<{ readonly url: string; stop(): void } | null> {
  const script =
    "require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  const reader = child.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  process.kill(child.pid, "SIGSTOP");
  const fillers: { end(): void }[] = [];
  let isFull = false;
  while (!isFull && fillers.length < 5000) {
    const connecting = Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {}, error() {} } });
    connecting.then((socket) => fillers.push(socket)).catch(() => {});
    isFull = !(await Promise.race([connecting.then(() => true), Bun.sleep(150).then(() => false)]));
  }
  const stop = (): void => {
    child.kill("SIGKILL");
    for (const filler of fillers) filler.end();
  };
  if (isFull) return { url: `http://127.0.0.1:${port}`, stop };
  stop();
  console.log("skipped: no backlog could be filled on this machine, so the connect time-out of TCP was not tried");
  return null;
}
