/** What somebody used, as it is told to a billing service: one meter event (reference §13.6). */
export interface UsageEvent {
  /** Stays the same however often the event is told, so that it counts once. */
  readonly identifier: string;
  /** Names the meter. */
  readonly name: string;
  /** Customer, value and dimensions, by the names the meter gives them. */
  readonly payload: Readonly<Record<string, string>>;
  /** When it was used, Unix milliseconds. */
  readonly atMs: number;
}

/** A billing service that takes usage events one by one. */
export interface MeteringService {
  /** Where events are posted. */
  readonly url: string;
  readonly contentType: string;
  /** Events older than this are refused there, in milliseconds. */
  readonly maxAgeMs: number;
  /** Value of `authorization` for a key. */
  readonly authorization: (key: string) => string;
  readonly encode: (event: UsageEvent) => string;
  /** Whether a refusal's body says that the event is there already, which is as good as taking it. */
  readonly isKnownAlready: (body: string) => boolean;
  /** Events of one lane are sent one after the other, as the service wants it; others side by side. */
  readonly laneOf: (event: UsageEvent) => string;
}
