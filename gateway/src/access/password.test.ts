import { expect, test } from "bun:test";
import { openPasswords, passwordFault, PasswordsBusy } from "./password.ts";

const passwords = openPasswords();

test("a password is hashed with argon2id and found again, written either way", async () => {
  const hash = await passwords.hash("Schlüssel-1234");
  expect(hash).toStartWith("$argon2id$v=19$m=65536,t=2,p=1$");
  expect(await passwords.hash("Schlüssel-1234")).not.toBe(hash);
  expect(await passwords.verify("Schlüssel-1234", hash)).toBe(true);
  expect(await passwords.verify("Schlüssel-1234".normalize("NFD"), hash)).toBe(true);
  expect(await passwords.verify("Schlüssel-1235", hash)).toBe(false);
  expect(await passwords.verify("", hash)).toBe(false);
});

test("nobody's password takes as long as somebody's", async () => {
  const hash = await passwords.hash("correct horse battery");
  const timeOf = async (known: string | null): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      // Of the processor and not of the clock: other processes may be busy.
      const before = process.cpuUsage();
      expect(await passwords.verify("wrong", known)).toBe(false);
      const { user, system } = process.cpuUsage(before);
      times.push(user + system);
    }
    return Math.min(...times);
  };
  const [somebody, nobody] = [await timeOf(hash), await timeOf(null)];
  expect(nobody / somebody).toBeGreaterThan(0.5);
  expect(nobody / somebody).toBeLessThan(2);
}, 20_000);

test("too many at once are sent away", async () => {
  const desk = openPasswords();
  const cheap = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 } as const;
  const hash = await Bun.password.hash("correct horse battery", cheap);
  const all = await Promise.allSettled(Array.from({ length: 70 }, () => desk.verify("wrong", hash)));
  const refused = all.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(4);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(PasswordsBusy);
  expect(await desk.verify("correct horse battery", hash)).toBe(true);
}, 60_000);

test("short and endless passwords are refused", () => {
  expect(passwordFault("elevenchars")).toBe("Expected 12 to 256 characters, got 11");
  expect(passwordFault("twelve chars")).toBeNull();
  expect(passwordFault("😀".repeat(12))).toBeNull();
  expect(passwordFault("x".repeat(257))).toBe("Expected 12 to 256 characters, got 257");
});
