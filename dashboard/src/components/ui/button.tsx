import type { ButtonHTMLAttributes } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main` for what a page is for, `plain` for what is beside it, `danger` for what cannot be undone. Default `plain`. */
  readonly kind?: "main" | "plain" | "danger";
}

const looks = {
  main: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line bg-panel text-ink hover:bg-hover",
  danger: "border border-bad text-bad hover:bg-hover",
} as const;

/** A button; not a submit button unless it says so. */
export function Button({ kind = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- the type is given above
      type={type}
      className={`inline-flex items-center justify-center gap-1.5 rounded px-3 py-1.5 text-sm font-medium disabled:cursor-not-allowed disabled:opacity-50 ${looks[kind]} ${className}`}
      {...rest}
    />
  );
}
