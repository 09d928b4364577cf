/** The bytes a message's payload stands for: some services wrap each event in base64 under `bytes`, others write it plainly. */
export function eventStreamPayload(payload: Buffer): Buffer {
  if (!payload.includes('"bytes"')) return payload;
  try {
    const wrapper: unknown = JSON.parse(payload.toString("utf8"));
    const isWrapper = typeof wrapper === "object" && wrapper !== null && "bytes" in wrapper;
    return isWrapper && typeof wrapper.bytes === "string" ? Buffer.from(wrapper.bytes, "base64") : payload;
  } catch {
    return payload;
  }
}
