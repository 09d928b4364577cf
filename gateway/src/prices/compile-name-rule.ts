import type { NameRule } from "./price-data.ts";

/** A test of names in lower case by `rule`. */
export function compileNameRule(rule: NameRule): (name: string) => boolean {
  if ("or" in rule) {
    const parts = rule.or.map((part) => compileNameRule(part));
    return (name) => parts.some((part) => part(name));
  }
  if ("and" in rule) {
    const parts = rule.and.map((part) => compileNameRule(part));
    return (name) => parts.every((part) => part(name));
  }
  if ("regex" in rule) {
    const pattern = new RegExp(rule.regex);
    return (name) => pattern.test(name);
  }
  if ("equals" in rule) return comparison(rule.equals, (name, text) => name === text);
  if ("starts_with" in rule) return comparison(rule.starts_with, (name, text) => name.startsWith(text));
  if ("ends_with" in rule) return comparison(rule.ends_with, (name, text) => name.endsWith(text));
  return comparison(rule.contains, (name, text) => name.includes(text));
}

function comparison(text: string, compare: (name: string, text: string) => boolean): (name: string) => boolean {
  const lower = text.toLowerCase();
  return (name) => compare(name, lower);
}
