import { type CounterMemory, half, item, ITEM_WORDS, ITEMS_AT, MAX_ITEMS } from "./counter-layout.ts";
import type { SlotKey } from "./counter-slots.ts";
import type { OwnerId } from "./owners.ts";
import { put, putHalf } from "./undo-log.ts";
import { correct } from "./window-counts.ts";

/** Something held: what it takes to give it back when its owner is gone. */
export interface HeldItem {
  readonly at: number;
  readonly key: SlotKey;
  readonly mark: number;
  readonly amount: number;
  readonly perUnitMs: number;
}

/** Notes what an owner holds. @returns the note's number from 1; 0 when there is no room, so that the owner's death would not free it. */
export function noteItem(memory: CounterMemory, owner: OwnerId, held: HeldItem): number {
  const { halves } = memory;
  let number = halves[half.itemFree] as number;
  if (number > 0) putHalf(memory, half.itemFree, halves[itemAt(number) * 2 + item.nextFree] as number);
  else {
    number = (halves[half.itemTop] as number) + 1;
    if (number > MAX_ITEMS) return 0;
    putHalf(memory, half.itemTop, number);
  }
  const at = itemAt(number);
  putHalf(memory, at * 2 + item.owner, owner);
  put(memory, at + item.slot, held.at);
  putHalf(memory, (at + item.key) * 2, held.key.low);
  putHalf(memory, (at + item.key) * 2 + 1, held.key.high);
  put(memory, at + item.mark, held.mark);
  put(memory, at + item.amount, held.amount);
  put(memory, at + item.perUnitMs, held.perUnitMs);
  return number;
}

/** Forgets a note. */
export function dropItem(memory: CounterMemory, number: number): void {
  const at = itemAt(number);
  putHalf(memory, at * 2 + item.owner, 0);
  putHalf(memory, at * 2 + item.nextFree, memory.halves[half.itemFree] as number);
  putHalf(memory, half.itemFree, number);
}

/** Whether the slot still counts under that key. */
export function isSlotOf({ halves }: CounterMemory, at: number, { low, high }: SlotKey): boolean {
  return halves[at * 2] === low && halves[at * 2 + 1] === high;
}

/**
 * Gives back what an owner holds, at most `limit` of it.
 * @returns how much that was; less than `limit` means that nothing is left.
 */
export function releaseItems(memory: CounterMemory, owner: OwnerId, limit: number): number {
  const { words, halves } = memory;
  const top = halves[half.itemTop] as number;
  let released = 0;
  for (let number = 1; number <= top && released < limit; number += 1) {
    const at = itemAt(number);
    if (halves[at * 2 + item.owner] !== owner) continue;
    const slotAt = words[at + item.slot] as number;
    const key = { low: halves[(at + item.key) * 2] as number, high: halves[(at + item.key) * 2 + 1] as number };
    if (isSlotOf(memory, slotAt, key)) {
      correct(memory, slotAt, {
        mark: words[at + item.mark] as number,
        amount: words[at + item.amount] as number,
        perUnitMs: words[at + item.perUnitMs] as number,
        isHeld: true,
        real: 0,
      });
    }
    dropItem(memory, number);
    released += 1;
  }
  return released;
}

function itemAt(number: number): number {
  return ITEMS_AT + (number - 1) * ITEM_WORDS;
}
