// Run by realtime.test.ts: a realtime session of the OpenAI client, sent to the gateway by OPENAI_BASE_URL alone.
// Tells what it sees, one JSON line each. Argument: the module of the client that holds the socket.
import OpenAI from "openai";

const module = await import(process.argv[2]);
const Realtime = module.OpenAIRealtimeWS ?? module.OpenAIRealtimeWebSocket;
const tell = (what, value) => console.log(JSON.stringify({ what, value }));

const realtime = new Realtime({ model: "gpt-realtime" }, new OpenAI({ apiKey: "sk-fake", maxRetries: 0 }));
const heard = [];
const ended = new Promise((resolve) => {
  realtime.socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
});
realtime.on("error", (error) => {
  tell("error", error.message.split("\n")[0]);
  realtime.close({ code: 1000, reason: "done" });
});
realtime.on("session.created", ({ session }) => {
  tell("model", session.model);
  realtime.send({ type: "session.update", session: { type: "realtime", instructions: "Be brief." } });
});
realtime.on("session.updated", () => realtime.send({ type: "response.create" }));
realtime.on("response.output_audio_transcript.delta", ({ delta }) => heard.push(delta));
realtime.on("response.done", ({ response }) => {
  tell("done", response.usage.total_tokens);
  realtime.send({ type: heard.length < 6 ? "response.create" : "nonsense" });
});
const close = await ended;
tell("heard", heard);
tell("close", close);
