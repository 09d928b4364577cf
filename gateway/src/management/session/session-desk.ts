import { askSettings } from "../change-settings.ts";
import type { Clock } from "../../core/clock.ts";
import type { SessionStore, StoredSession } from "../../stores/ports/session-store.ts";
import { SettingsStoreUnavailable } from "../../stores/ports/settings-store.ts";

/** A session ends when it was not used for so long. */
const IDLE_MS = 12 * 3_600_000;
/** And after so long in any case. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** Use is noted no more often. */
const NOTE_USE_MS = 60_000;
const SECRET_BYTES = 32;
const MOST_LISTED = 1000;
const MAX_USER_AGENT_LENGTH = 256;
/** Enough that no two are the same. */
const ID_LENGTH = 32;

/** What sessions are kept and made with. */
export interface SessionDeskOptions {
  readonly store: SessionStore;
  /** Keyed hash of a text; nobody without the key can make it. */
  readonly sign: (text: string) => string;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  readonly clock: Pick<Clock, "nowMs">;
}

/** A session that counts. */
export interface OpenSession {
  readonly idHash: string;
  /** Names the session where it is shown; lets nobody in. */
  readonly id: string;
  readonly userId: string;
  /** What a page has to send with a change, besides the cookie that browsers send by themselves. */
  readonly csrfToken: string;
  readonly endsAtMs: number;
}

/** Where somebody signs in from. */
export interface SessionOrigin {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A session as people see it. */
export interface ListedSession extends OpenSession, SessionOrigin {
  readonly createdAtMs: number;
  /** About: use is noted once a minute. */
  readonly usedAtMs: number;
}

/** A session right after it was opened. */
export interface NewSession extends OpenSession {
  /** What the browser gets to hold; it is kept nowhere. */
  readonly secret: string;
}

/** Who is signed in. Methods reject with a ManagementError 503 code 7000 when the store is away or full. */
export interface SessionDesk {
  open(userId: string, origin: SessionOrigin): Promise<NewSession>;
  /** The session of a secret; null when it is none, has ended or was not used for too long. */
  find(secret: string): Promise<OpenSession | null>;
  /** The open sessions of a person, or of everybody for null, the last used first; a thousand at most. */
  list(userId: string | null): Promise<readonly ListedSession[]>;
  close(session: OpenSession): Promise<void>;
  /** Signs a person out everywhere. */
  closeAllOf(userId: string): Promise<void>;
}

/** Opens the desk. What has ended is removed whenever a session is opened. */
export function openSessionDesk({ store, sign, randomBytes, clock }: SessionDeskOptions): SessionDesk {
  const opened = ({ idHash, userId, endsAtMs }: StoredSession): OpenSession => ({
    idHash,
    id: sign(`name ${idHash}`).slice(0, ID_LENGTH),
    userId,
    endsAtMs,
    csrfToken: sign(`csrf ${idHash}`),
  });
  const isOpen = ({ endsAtMs, usedAtMs }: StoredSession, nowMs: number): boolean =>
    nowMs < endsAtMs && nowMs - usedAtMs < IDLE_MS;
  return {
    async open(userId, { address, userAgent }) {
      const nowMs = clock.nowMs();
      await askSettings(store.prune(nowMs - IDLE_MS, nowMs));
      const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
      const idHash = sign(`session ${secret}`);
      const times = { createdAtMs: nowMs, usedAtMs: nowMs, endsAtMs: nowMs + LONGEST_MS };
      const origin = { address, userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null };
      const session = { idHash, userId, ...times, ...origin };
      await askSettings(store.add(session));
      return { ...opened(session), secret };
    },
    async find(secret) {
      const session = await askSettings(store.find(sign(`session ${secret}`)));
      const nowMs = clock.nowMs();
      if (session === null || !isOpen(session, nowMs)) return null;
      if (nowMs - session.usedAtMs >= NOTE_USE_MS) await noteUse(store, session.idHash, nowMs);
      return opened(session);
    },
    async list(userId) {
      const nowMs = clock.nowMs();
      const found = await askSettings(store.list(userId, MOST_LISTED));
      return found
        .filter((session) => isOpen(session, nowMs))
        .map((session) => {
          const { createdAtMs, usedAtMs, address, userAgent } = session;
          return { ...opened(session), createdAtMs, usedAtMs, address, userAgent };
        });
    },
    close: ({ idHash }) => askSettings(store.remove(idHash)),
    closeAllOf: (userId) => askSettings(store.removeOf(userId)),
  };
}

/** While nothing can be written people go on reading; their sessions then end as if they had not. */
async function noteUse(store: SessionStore, idHash: string, nowMs: number): Promise<void> {
  try {
    await store.touch(idHash, nowMs);
  } catch (error) {
    if (!(error instanceof SettingsStoreUnavailable)) throw error;
  }
}
