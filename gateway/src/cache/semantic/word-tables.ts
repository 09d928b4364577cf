/** Words that carry no meaning of their own in a question: articles, forms of the present, the asker, politeness. */
export const emptyWords: ReadonlySet<string> = new Set(
  (
    "a an the i me my mine we us our ours myself am is are be being do does doing please kindly thanks thank hi hello hey " +
    "just actually basically really so oh well ok okay there here that"
  ).split(" "),
);

/** Groups of words that may stand for each other wherever they stand. The first one stands for all of them. */
export const synonyms: ReadonlyMap<string, string> = new Map(
  [
    "buy purchase",
    "begin start commence",
    "delete remove erase",
    "fix repair",
    "show display",
    "create make",
    "choose select pick",
    "get obtain",
    "car automobile",
    "doctor physician",
    "photo photograph picture pic",
    "movie film",
    "big large",
    "small little",
    "quickly fast rapidly",
    "sofa couch",
    "bike bicycle",
    "phone telephone",
    "tv television",
    "color colour",
    "center centre",
    "favorite favourite",
    "gray grey",
    "apartment flat",
    "vacation holiday",
    "attorney lawyer",
    "kids children",
    "kid child",
    "mom mum mother",
    "dad father",
    "help assist",
    "shut close",
    "reset resetting",
    "app application",
    "info information",
    "config configuration",
    "docs documentation",
    "database db",
    "directory folder",
    "repo repository",
    "method approach",
    "happen occur",
    "need require",
    "wrong incorrect",
    "right correct",
    "usually normally typically",
    "approximately roughly around",
    "all every each",
    "into to",
    "everyone everybody",
    "someone somebody",
    "maximum max",
    "minimum min",
    "percent percentage",
    "kilometer kilometers kilometre kilometres km kms",
    "meter meters metre metres",
    "centimeter centimeters centimetre centimetres cm",
    "millimeter millimeters millimetre millimetres mm",
    "kilogram kilograms kg kgs kilo kilos",
    "gram grams",
    "pound pounds lb lbs",
    "ounce ounces oz",
    "liter liters litre litres",
    "milliliter milliliters millilitre millilitres ml",
    "second seconds sec secs",
    "minute minutes",
    "hour hours hr hrs",
    "dollar dollars usd",
    "euro euros eur",
    "celsius centigrade",
    "usa u.s.a",
    "uk u.k",
  ].flatMap((group) => {
    const [first = "", ...others] = group.split(" ");
    return others.map((other): [string, string] => [other, first]);
  }),
);

/** Words that deny or leave out. */
export const negations: ReadonlySet<string> = new Set(
  "not no never none nobody nothing nowhere neither nor without except excluding cannot unless hardly barely avoid stop".split(
    " ",
  ),
);

/** Pairs whose one word says the contrary of the other. */
export const contraries: ReadonlyMap<string, string> = new Map(
  (
    "enable/disable allow/deny allow/forbid increase/decrease raise/lower add/remove add/subtract open/close start/stop buy/sell before/after above/below over/under " +
    "up/down in/out left/right first/last best/worst most/least more/less max/min maximum/minimum highest/lowest largest/smallest biggest/smallest " +
    "longest/shortest oldest/youngest oldest/newest cheapest/dearest fastest/slowest hot/cold warm/cool long/short high/low fast/slow rich/poor " +
    "true/false yes/no on/off push/pull import/export upload/download encrypt/decrypt encode/decode install/uninstall mount/unmount lock/unlock " +
    "connect/disconnect login/logout north/south east/west safe/dangerous legal/illegal possible/impossible win/lose gain/lose " +
    "accept/reject approve/reject include/exclude show/hide ascending/descending internal/external input/output male/female men/women parent/child " +
    "advantages/disadvantages advantage/disadvantage pros/cons benefits/risks strengths/weaknesses cause/effect causes/effects always/never all/none"
  )
    .split(" ")
    .flatMap((pair) => {
      const [left = "", right = ""] = pair.split("/");
      return [
        [left, right],
        [right, left],
      ] as [string, string][];
    }),
);

/** Prepositions of phrases that may stand at either end of a sentence without a change of meaning. */
export const movable: ReadonlySet<string> = new Set("in on at for with using via within inside during".split(" "));

/** Words written in capitals that are others when they are not. */
export const spelledByCase: ReadonlySet<string> = new Set(
  "us it who is in or am pm turkey china polish apple java swift may march august mark bill will jordan chad georgia mercury amazon target shell windows".split(
    " ",
  ),
);

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const tens = "twenty thirty forty fifty sixty seventy eighty ninety";
const ordinals = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth";

/** Numbers that are written as words. `second` is left out: it is a unit, too, and stays a word. */
export const numberWords: ReadonlyMap<string, string> = new Map([
  ...small.split(" ").map((word, value): [string, string] => [word, String(value)]),
  ...tens.split(" ").map((word, index): [string, string] => [word, String((index + 2) * 10)]),
  ...ordinals
    .split(" ")
    .map((word, value): [string, string] => [word, `${value}th`])
    .filter(([word]) => word !== "second"),
  ["hundred", "100"],
  ["thousand", "1000"],
  ["million", "1000000"],
  ["billion", "1000000000"],
  ["dozen", "12"],
  ["half", "0.5"],
  ["twice", "2x"],
  ["double", "2x"],
  ["triple", "3x"],
]);

/** The commonest words of languages in Latin letters, by which they are told apart. */
export const languageWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set("the is are what how do does of to and in i my you can for with that this a it".split(" ")),
  de: new Set(
    "der die das ist sind was wie ich mein du kann für mit und von zu ein eine nicht wer wo warum".split(" "),
  ),
  fr: new Set(
    "le la les est sont que quoi comment je mon ma tu peut pour avec et de du un une pas quelle quel qui où".split(" "),
  ),
  es: new Set(
    "el los las es son qué cómo yo mi tú puede para con y de del un una no cuál quién dónde puedo".split(" "),
  ),
  it: new Set(
    "il lo gli è sono che cosa come io mio tu può per con e di del un una non quale chi dove perché".split(" "),
  ),
  pt: new Set("o os as é são que como eu meu você pode para com e de do um uma não qual quem onde posso".split(" ")),
  nl: new Set("de het een is zijn wat hoe ik mijn jij kan voor met en van niet wie waar waarom welke".split(" ")),
};
