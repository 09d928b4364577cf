import type { ReactNode } from "react";

const looks = {
  plain: "border-line text-soft",
  good: "border-good text-good",
  warn: "border-warn text-warn",
  bad: "border-bad text-bad",
} as const;

/** A word or two about a thing's state. */
export function Badge({
  kind = "plain",
  children,
}: {
  readonly kind?: keyof typeof looks;
  readonly children: ReactNode;
}) {
  return (
    <span className={`inline-block rounded border px-1.5 text-xs whitespace-nowrap ${looks[kind]}`}>{children}</span>
  );
}
