import { createPriceBook, type PriceBook } from "./price-book.ts";
import { PriceDataError } from "./price-data.ts";

/** A list that has lost more than this share of the models of the one before is taken for broken. */
const SMALLEST_SHARE = 0.5;

/** What became of a proposed price list. */
export type PriceSwap =
  | { readonly isAccepted: true; readonly version: string }
  | { readonly isAccepted: false; readonly problem: string };

/** The book in use, and the only way to another one. */
export interface PriceBookHolder {
  readonly current: PriceBook;
  /** Puts the book of `list` in use if every part of it is sound; else the old one stays and the problem is told. */
  propose(list: unknown): PriceSwap;
}

/** A holder with `initial` in use. */
export function holdPriceBook(initial: PriceBook): PriceBookHolder {
  let current = initial;
  return {
    get current() {
      return current;
    },
    propose(list) {
      try {
        const book = createPriceBook(list);
        if (book.modelCount < current.modelCount * SMALLEST_SHARE)
          return { isAccepted: false, problem: `${book.modelCount} models are left of ${current.modelCount}` };
        current = book;
        return { isAccepted: true, version: book.version };
      } catch (error) {
        if (!(error instanceof PriceDataError)) throw error;
        return { isAccepted: false, problem: error.message };
      }
    },
  };
}
