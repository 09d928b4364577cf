/** Shown while something is on its way. */
export function Loading({ label = "Loading" }: { readonly label?: string }) {
  return (
    <p role="status" className="animate-pulse p-4 text-soft">
      {label} …
    </p>
  );
}
