/** A person who is signed in, as it is kept. */
export interface StoredSession {
  /** Keyed hash of what the browser holds; that itself nobody keeps. */
  readonly idHash: string;
  readonly userId: string;
  /** Unix milliseconds, like the others. */
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** It ends then at the latest, however much it is used. */
  readonly endsAtMs: number;
  /** Address it was opened from; null when nobody knows. */
  readonly address: string | null;
  /** What the browser called itself then; null when it did not. */
  readonly userAgent: string | null;
}

/** Where it is kept who is signed in. Methods reject with `SettingsStoreUnavailable` when the store is away or full. */
export interface SessionStore {
  add(session: StoredSession): Promise<void>;
  /** Null when there is none. */
  find(idHash: string): Promise<StoredSession | null>;
  /** Sessions of a person, or of everybody for null, the last used first; at most `limit`. */
  list(userId: string | null, limit: number): Promise<readonly StoredSession[]>;
  /** Notes that a session was used; one that is gone stays gone. */
  touch(idHash: string, usedAtMs: number): Promise<void>;
  remove(idHash: string): Promise<void>;
  /** Ends every session of a person. */
  removeOf(userId: string): Promise<void>;
  /** Removes what was not used since `usedBeforeMs` and what ended before `nowMs`. @returns how many. */
  prune(usedBeforeMs: number, nowMs: number): Promise<number>;
}
