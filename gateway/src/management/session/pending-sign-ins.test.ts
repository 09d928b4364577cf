import { expect, test } from "bun:test";
import { openPendingSignIns } from "./pending-sign-ins.ts";

const pending = {
  checks: { state: "s", nonce: "n", codeVerifier: "v" },
  redirectUri: "https://gate.example/api/session/oidc/callback",
  returnTo: "/",
};

test("a sign-in is given once, and not after ten minutes", () => {
  let nowMs = 0;
  const pendings = openPendingSignIns({ nowMs: () => nowMs });
  pendings.add("a", pending, "10.0.0.1");
  pendings.add("b", pending, "10.0.0.1");
  expect([pendings.take("a")?.returnTo, pendings.take("a")]).toEqual(["/", null]);
  nowMs = 600_000;
  expect(pendings.take("b")).toBeNull();
});

test("whoever begins very many pushes out their own, and nobody else's", () => {
  const pendings = openPendingSignIns({ nowMs: () => 0 });
  pendings.add("mine", pending, "10.0.0.1");
  for (let index = 0; index < 2000; index += 1)
    pendings.add(`x${index}`, pending, `2001:db8:1:2::${index.toString(16)}`);
  expect(pendings.take("mine")).not.toBeNull();
  expect(pendings.take("x1999")).not.toBeNull();
  expect(pendings.take("x1949")).toBeNull();
});
