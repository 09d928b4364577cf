import { z } from "zod";

/** Bounds of a number, and what it is where nothing is said. */
export interface NumberMeaning {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** A whole number of the configuration file. */
export function integer(description: string, { min, max, default: fallback }: NumberMeaning) {
  return z.int().min(min).max(max).default(fallback).meta({ description });
}
