import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { differenceOf, type GuardName } from "./guards.ts";
import { readWording } from "./read-wording.ts";

const difference = (left: string, right: string, level: "strict" | "basic" = "strict"): GuardName | null =>
  differenceOf(readWording(left), readWording(right), level);

describe("one question in other words", () => {
  test.each([
    ["What is the capital of France?", "tell me what France's capital is"],
    ["What is the capital of France?", "what's the capital of france"],
    ["How do I reset my password?", "What is the best way to reset a password?"],
    ["How do I sort a list in Python?", "In Python, how can I sort a list?"],
    ["Delete user 42", "Could you please remove user 42?"],
    ["Book a table for two at 7 pm.", "book a table for 2 at 7 pm"],
    ["Convert 1,000 metres to km", "convert 1000 meters into kilometers"],
    ["I can't log in", "I can not log in"],
    ["Wie heißt die Hauptstadt von Peru?", "wie heißt die hauptstadt von peru"],
  ])("%s = %s", (left, right) => expect(difference(left, right)).toBeNull());
});

describe("questions that only sound alike", () => {
  test.each<[string, string, GuardName]>([
    ["Delete user 42", "Delete user 43", "numbers"],
    ["Convert 10 miles", "Convert 1.0 miles", "numbers"],
    ["Send $50", "Send €50", "numbers"],
    ["Move 3 items from 4 boxes", "Move 4 items from 3 boxes", "numbers"],
    ["Delete user 42", "Do not delete user 42", "negation"],
    ["Coffee with sugar", "Coffee without sugar", "negation"],
    ["What is the capital of France?", "What is the capital of Germany?", "names"],
    ["Did Anna pay Ben?", "Did Anna pay Carl?", "names"],
    ['Translate "yes"', 'Translate "no"', "literals"],
    ["Explain parse_date", "Explain parse_time", "literals"],
    ["What does git reset --hard do", "What does git reset --soft do", "literals"],
    ["Mail bob@example.com", "Mail bob@example.org", "literals"],
    ["How do I enable logging?", "How do I disable logging?", "contrary"],
    ["How do I reset my password?", "Wie setze ich mein Passwort zurück?", "language"],
    ["Привет, как дела?", "Hello, how are you?", "language"],
    ["Why is the sky blue?", `Why is the sky blue ${"and so very far away ".repeat(4)}?`, "length"],
  ])("%s ≠ %s (%s)", (left, right, guard) => {
    expect(difference(left, right, "basic")).toBe(guard);
    expect(difference(left, right, "strict")).toBe(guard);
  });
  test.each<[string, string, GuardName]>([
    ["Did Anna pay Ben?", "Did Ben pay Anna?", "words"],
    ["what is the capital of france", "what is the capital of germany", "words"],
    ["How do I delete the user?", "Delete the user", "kind"],
    ["Who is the president of Brazil?", "Who was the president of Brazil?", "mood"],
    ["Should I take it?", "Can I take it?", "mood"],
    ["What is the price of Turkey?", "What is the price of turkey?", "words"],
    ["Is it about us?", "Is it about US?", "words"],
    ["Write C code", "Write C++ code", "names"],
    ["dog bites man", "man bites dog", "words"],
  ])("strict guards tell %s from %s (%s)", (left, right, guard) => {
    expect(difference(left, right)).toBe(guard);
  });
});

const word = fc.constantFrom(
  ..."what is how do I reset the not 42 seven Anna Ben in Python, France's \"x\" don't 10% from to ? . -x a_b".split(
    " ",
  ),
);
const sentence = fc.oneof(
  fc.array(word, { maxLength: 14 }).map((words) => words.join(" ")),
  fc.string({ unit: "grapheme" }),
);

describe("for any two texts", () => {
  test("a text is itself, and the answer does not depend on which comes first", () => {
    fc.assert(
      fc.property(sentence, sentence, (left, right) => {
        for (const level of ["strict", "basic"] as const) {
          expect(difference(left, left, level)).toBeNull();
          expect(difference(left, right, level)).toBe(difference(right, left, level));
        }
      }),
    );
  });
  test("another number, another name or a denial is never let through", () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(99_999), fc.constantFrom("Anna", "Ben", "Carla"), (one, other, name) => {
        const text = `Pay ${one} dollars to ${name} on Friday`;
        fc.pre(one !== other);
        expect(difference(text, `Pay ${other} dollars to ${name} on Friday`, "basic")).toBe("numbers");
        expect(difference(text, `Pay ${one} dollars to ${name}son on Friday`, "basic")).toBe("names");
        expect(difference(text, `Never pay ${one} dollars to ${name} on Friday`, "basic")).toBe("negation");
      }),
    );
  });
  test.each(["((((", "a.b_", "'s ", "how to ", "1,0", "-", "a'", '"', "/", "@a.", "in ", "Aa"])(
    "the longest question takes no time when it repeats %j",
    (piece) => {
      const text = piece.repeat(1000).slice(0, 1000);
      readWording(text);
      const startedAtMs = performance.now();
      readWording(text);
      expect(performance.now() - startedAtMs).toBeLessThan(50);
    },
  );
});
