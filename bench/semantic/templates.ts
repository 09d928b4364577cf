import type { Family } from "./labelled-set.ts";
import type { Random } from "./seeded.ts";

/** Makes one family. */
export type Template = (random: Random) => Family;

const countries = [
  "France",
  "Japan",
  "Kenya",
  "Peru",
  "Norway",
  "India",
  "Mexico",
  "Egypt",
  "Canada",
  "Vietnam",
  "Poland",
  "Chile",
];
const people = ["Anna", "Ben", "Carla", "David", "Emma", "Farid", "Grace", "Hiro", "Ines", "Jonas"];
const languages = ["Python", "Java", "Rust", "Kotlin", "Ruby", "TypeScript", "Haskell", "Perl"];
const months = ["January", "March", "April", "June", "July", "August", "October", "December"];
const drugs = ["ibuprofen", "aspirin", "metformin", "amoxicillin", "warfarin", "cetirizine", "omeprazole"];
const items = ["laptop", "sofa", "bicycle", "camera", "printer", "blender", "tent", "guitar"];
const companies = ["Siemens", "Toyota", "Nokia", "Nestle", "Boeing", "Lufthansa", "Samsung", "Ikea"];
const functions = ["parse_date", "load_user", "sendMail", "readConfig", "merge_rows", "hashToken", "openSocket"];
const units: readonly (readonly [string, string])[] = [
  ["kilograms", "pounds"],
  ["liters", "gallons"],
  ["meters", "feet"],
  ["inches", "centimeters"],
  ["ounces", "grams"],
];

function one<Value>(random: Random, values: readonly Value[]): Value {
  return random.pick(values, 1)[0] as Value;
}

function two<Value>(random: Random, values: readonly Value[]): [Value, Value] {
  return random.pick(values, 2) as [Value, Value];
}

/** What the guards were written by. */
export const workedTemplates: readonly Template[] = [
  (random) => {
    const [country, other] = two(random, countries);
    const [fact, otherFact] = two(random, ["population", "area", "official language", "national anthem", "currency"]);
    return {
      anchor: `What is the ${fact} of ${country}?`,
      same: [`what's the ${fact} of ${country}`, `Tell me what the ${fact} of ${country} is.`, `${country}'s ${fact}?`],
      other: [
        `What is the ${fact} of ${other}?`,
        `What is the ${otherFact} of ${country}?`,
        `What was the ${fact} of ${country}?`,
      ],
    };
  },
  (random) => {
    const [unit, otherUnit] = one(random, units);
    const amount = random.whole(2, 400);
    return {
      anchor: `How many ${otherUnit} are ${amount} ${unit}?`,
      same: [`how many ${otherUnit} are ${amount} ${unit}`, `Convert ${amount} ${unit} to ${otherUnit}.`],
      other: [
        `How many ${unit} are ${amount} ${otherUnit}?`,
        `How many ${otherUnit} are ${amount + random.whole(1, 9)} ${unit}?`,
        `How many ${otherUnit} are ${amount / 10} ${unit}?`,
      ],
    };
  },
  (random) => {
    const [language, other] = two(random, languages);
    const [task, otherTask] = two(random, [
      "read a file",
      "parse JSON",
      "open a socket",
      "compare two dates",
      "sort an array",
    ]);
    return {
      anchor: `How do I ${task} in ${language}?`,
      same: [
        `how to ${task} in ${language}`,
        `In ${language}, how can I ${task}?`,
        `What is the best way to ${task} in ${language}?`,
      ],
      other: [
        `How do I ${task} in ${other}?`,
        `How do I ${otherTask} in ${language}?`,
        `Why can't I ${task} in ${language}?`,
      ],
    };
  },
  (random) => {
    const [first, second] = two(random, people);
    const amount = random.whole(20, 900);
    return {
      anchor: `Send ${amount} dollars from ${first} to ${second}.`,
      same: [
        `send ${amount} dollars from ${first} to ${second}`,
        `Please send ${amount} dollars from ${first} to ${second}`,
      ],
      other: [
        `Send ${amount} dollars from ${second} to ${first}.`,
        `Send ${amount * 10} dollars from ${first} to ${second}.`,
        `Send ${amount} euros from ${first} to ${second}.`,
        `Do not send ${amount} dollars from ${first} to ${second}.`,
      ],
    };
  },
];

/** Written with the others, and not looked at while the guards changed. */
export const heldOutTemplates: readonly Template[] = [
  (random) => {
    const [drug, other] = two(random, drugs);
    const age = random.whole(2, 80);
    return {
      anchor: `Can a ${age}-year-old take ${drug} before a meal?`,
      same: [
        `can a ${age}-year-old take ${drug} before a meal`,
        `Before a meal, can a ${age}-year-old take ${drug}?`,
        `Is a ${age}-year-old allowed to take ${drug} before a meal?`,
      ],
      other: [
        `Can a ${age}-year-old take ${drug} after a meal?`,
        `Can a ${age}-year-old take ${other} before a meal?`,
        `Can a ${age + 10}-year-old take ${drug} before a meal?`,
        `Must a ${age}-year-old take ${drug} before a meal?`,
      ],
    };
  },
  (random) => {
    const [item, other] = two(random, items);
    const day = random.whole(2, 27);
    const [month, otherMonth] = two(random, months);
    return {
      anchor: `Will the ${item} be delivered by ${month} ${day}?`,
      same: [
        `will the ${item} be delivered by ${month} ${day}`,
        `Can you tell me if the ${item} will be delivered by ${month} ${day}?`,
      ],
      other: [
        `Will the ${item} be delivered by ${otherMonth} ${day}?`,
        `Will the ${item} be delivered by ${month} ${day + 1}?`,
        `Will the ${other} be delivered by ${month} ${day}?`,
        `Was the ${item} delivered by ${month} ${day}?`,
        `Will the ${item} not be delivered by ${month} ${day}?`,
      ],
    };
  },
  (random) => {
    const [company, other] = two(random, companies);
    const year = random.whole(1998, 2024);
    const [figure, otherFigure] = two(random, ["revenue", "profit", "number of employees", "net debt", "dividend"]);
    return {
      anchor: `What was the ${figure} of ${company} in ${year}?`,
      same: [
        `what was ${company}'s ${figure} in ${year}`,
        `In ${year}, what was the ${figure} of ${company}?`,
        `Please tell me what the ${figure} of ${company} was in ${year}.`,
      ],
      other: [
        `What was the ${figure} of ${company} in ${year - 1}?`,
        `What was the ${figure} of ${other} in ${year}?`,
        `What was the ${otherFigure} of ${company} in ${year}?`,
        `Why was the ${figure} of ${company} low in ${year}?`,
      ],
    };
  },
  (random) => {
    const [name, other] = two(random, functions);
    const [language, otherLanguage] = two(random, languages);
    return {
      anchor: `Write a unit test for ${name} in ${language}.`,
      same: [
        `write a unit test for ${name} in ${language}`,
        `In ${language}, write a unit test for ${name}.`,
        `Can you write a unit test for ${name} in ${language}?`,
      ],
      other: [
        `Write a unit test for ${other} in ${language}.`,
        `Write a unit test for ${name} in ${otherLanguage}.`,
        `Write a doc comment for ${name} in ${language}.`,
        `Write a unit test without ${name} in ${language}.`,
        `Write two unit tests for ${name} in ${language}.`,
      ],
    };
  },
  (random) => {
    const [country, other] = two(random, countries);
    const [person, otherPerson] = two(random, people);
    return {
      anchor: `Does ${person} need a visa to fly from ${country} to ${other}?`,
      same: [
        `does ${person} need a visa to fly from ${country} to ${other}`,
        `Is a visa needed by ${person} to fly from ${country} to ${other}?`,
        `Does ${person} require a visa to fly from ${country} to ${other}?`,
      ],
      other: [
        `Does ${person} need a visa to fly from ${other} to ${country}?`,
        `Does ${otherPerson} need a visa to fly from ${country} to ${other}?`,
        `Does ${person} need a passport to fly from ${country} to ${other}?`,
        `Does ${person} not need a visa to fly from ${country} to ${other}?`,
      ],
    };
  },
  (random) => {
    const [first, second] = two(random, people);
    const [thing, otherThing] = two(random, items);
    return {
      anchor: `Is ${first}'s ${thing} heavier than ${second}'s ${thing}?`,
      same: [
        `is ${first}'s ${thing} heavier than ${second}'s ${thing}`,
        `Tell me if ${first}'s ${thing} is heavier than ${second}'s ${thing}.`,
      ],
      other: [
        `Is ${second}'s ${thing} heavier than ${first}'s ${thing}?`,
        `Is ${first}'s ${thing} lighter than ${second}'s ${thing}?`,
        `Is ${first}'s ${otherThing} heavier than ${second}'s ${otherThing}?`,
      ],
    };
  },
  (random) => {
    const [least, most] = [random.whole(1, 40), random.whole(41, 99)];
    const [noun, otherNoun] = two(random, ["integers", "primes", "even numbers", "squares", "odd numbers"]);
    return {
      anchor: `Print the ${noun} between ${least} and ${most} in ascending order.`,
      same: [
        `print the ${noun} between ${least} and ${most} in ascending order`,
        `Please print the ${noun} between ${least} and ${most} in ascending order`,
        `In ascending order, print the ${noun} between ${least} and ${most}.`,
      ],
      other: [
        `Print the ${noun} between ${least} and ${most} in descending order.`,
        `Print the ${otherNoun} between ${least} and ${most} in ascending order.`,
        `Print the ${noun} between ${least} and ${most + 1} in ascending order.`,
        `Count the ${noun} between ${least} and ${most} in ascending order.`,
      ],
    };
  },
];
