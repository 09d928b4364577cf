// Portkey's start script listens on every interface and offers no switch; a benchmark has no business there.
import { Server } from "node:net";

const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(...parameters) {
  const callback = parameters.findLast((parameter) => typeof parameter === "function");
  const first = parameters[0];
  const port = typeof first === "object" && first !== null ? first.port : first;
  return listen.call(this, { port, host: "127.0.0.1" }, callback);
};
