import { headerValue, headerValues, type HeaderList } from "../core/header-list.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { AnswerTap } from "./answer-reading.ts";
import { contentCodings } from "./decode-body.ts";
import { openEncodedTap } from "./encoded-tap.ts";
import { openPlainTap } from "./plain-tap.ts";
import { openUnreadTap } from "./unread-tap.ts";

export type { AnswerReading, AnswerTap } from "./answer-reading.ts";

/** What decides how an answer is read. */
export interface AnswerTapOptions {
  readonly dialect: Dialect;
  /** Status the provider gave. */
  readonly status: number;
  /** Headers of the answer. */
  readonly headers: HeaderList;
}

/**
 * The tap for one answer. Answers of other statuses than 2xx, of opaque dialects, and of media types that hold no usage are not read and cost nothing.
 */
export function openAnswerTap(options: AnswerTapOptions): AnswerTap {
  const { dialect, status, headers } = options;
  if (status < 200 || status > 299 || dialect.id === "opaque") return openUnreadTap();
  const contentType = headerValue(headers, "content-type") ?? "";
  const mediaType = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  const openPlain = () => openPlainTap({ dialect, headers, mediaType });
  const codings = contentCodings(headerValues(headers, "content-encoding"));
  return codings.length === 0 ? openPlain() : openEncodedTap(codings, openPlain);
}
