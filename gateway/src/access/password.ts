/** Argon2id (RFC 9106) with 64 MiB and two passes: about a tenth of a second of one core. */
const COST = { algorithm: "argon2id", memoryCost: 65_536, timeCost: 2 } as const;
/** What nobody's password is held against: the hash of a text that was thrown away, at the same cost. */
const NOBODYS_HASH =
  "$argon2id$v=19$m=65536,t=2,p=1$UlRg+biUoH8SkZvUCpT9DWO+GmlfynkixmoQKVBaZVY$izVYyA5IeWsQJi4+qGCy2342ZcWoQa5jWNS0ST6cjv0";
const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 256;
/** Passwords that are looked at at once; each takes memory and a core. */
const MOST_AT_ONCE = 2;
/** Passwords that wait their turn; who comes then is sent away. */
const MOST_WAITING = 64;

/** Too many passwords wait to be looked at. */
export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
}

/** What turns passwords into what is kept of them, and compares the two. */
export interface Passwords {
  /** What is kept of a password: a text that holds cost and salt. Rejects with PasswordsBusy. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is the one that was hashed. Without a hash, when there is no such person, it is false after the same time.
   * Rejects with PasswordsBusy.
   */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** What is wrong with a password that somebody wants to have, in words; null when nothing is. */
export function passwordFault(password: string): string | null {
  const characters = [...password].length;
  if (characters >= LEAST_CHARACTERS && characters <= MOST_CHARACTERS) return null;
  return `Expected ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters, got ${characters}`;
}

/** Opens a desk at which two passwords are looked at at once. */
export function openPasswords(): Passwords {
  const inTurn = limitAtOnce();
  const hash = (password: string): Promise<string> => inTurn(() => Bun.password.hash(normal(password), COST));
  return {
    hash,
    async verify(password, known) {
      const isSame = await inTurn(() => Bun.password.verify(normal(password), known ?? NOBODYS_HASH));
      return isSame && known !== null;
    },
  };
}

/** One keyboard may write a letter and its accent as one character, another as two. Longer texts than any password are cut. */
function normal(password: string): string {
  return password.slice(0, 4 * MOST_CHARACTERS).normalize("NFKC");
}

function limitAtOnce(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= MOST_AT_ONCE) {
      if (waiting.length >= MOST_WAITING) throw new PasswordsBusy("too many passwords wait to be looked at");
      await new Promise<void>((resolve) => void waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
