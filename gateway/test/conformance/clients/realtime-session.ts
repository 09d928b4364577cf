import type { SocketScript } from "../../support/socket-upstream.ts";

/** What the assistant of the session says, in the pieces it says it in. */
export const spokenPieces = ["The ", "Loire 🏞️, ", "près d’Orléans."];

/** What one response of the session used, as the vendor tells it. */
export const responseUsage = {
  total_tokens: 253,
  input_tokens: 132,
  output_tokens: 121,
  input_token_details: {
    text_tokens: 119,
    audio_tokens: 13,
    image_tokens: 0,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 64, audio_tokens: 0, image_tokens: 0 },
  },
  output_token_details: { text_tokens: 30, audio_tokens: 91 },
};

/**
 * A provider that holds a realtime session by the vendor's event reference
 * (platform.openai.com/docs/api-reference/realtime-server-events): each `response.create` gets a spoken answer.
 */
export function realtimeScript(model: string): SocketScript {
  let responses = 0;
  return {
    choose: (offered) => offered.find((name) => name === "realtime"),
    opened(session) {
      session.send(JSON.stringify({ type: "session.created", event_id: "e1", session: { type: "realtime", model } }));
    },
    message(session, message) {
      const event = JSON.parse(String(message)) as { type: string; session?: unknown; item?: { id?: string } };
      const send = (type: string, members: Record<string, unknown>) =>
        session.send(JSON.stringify({ type, event_id: `e-${type}`, ...members }));
      if (event.type === "session.update") send("session.updated", { session: event.session });
      if (event.type === "conversation.item.create") send("conversation.item.added", { item: event.item });
      if (event.type === "nonsense")
        send("error", { error: { type: "invalid_request_error", code: "c", message: "what?" } });
      if (event.type !== "response.create") return;
      responses += 1;
      const response_id = `resp_${responses}`;
      send("response.created", { response: { id: response_id, status: "in_progress", usage: null } });
      for (const delta of spokenPieces) {
        send("response.output_audio.delta", { response_id, delta: Buffer.alloc(4800, 5).toString("base64") });
        send("response.output_audio_transcript.delta", { response_id, delta });
      }
      send("response.done", { response: { id: response_id, status: "completed", output: [], usage: responseUsage } });
    },
  };
}
