import type { ReactNode } from "react";

/** Look of a link in a row of tabs, and of the one that is open. */
export const tabLink = "border-b-2 border-transparent px-3 py-2 whitespace-nowrap text-soft hover:text-ink";
export const openTabLink = "!border-accent font-medium !text-ink";

/** A row of links to the parts of one thing. */
export function TabLinks({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={label} className="mb-5 flex overflow-x-auto border-b border-line">
      {children}
    </nav>
  );
}
