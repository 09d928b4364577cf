/** A model and the provider it is of. */
export function ModelName({ provider, model }: { readonly provider: string; readonly model: string | null }) {
  return (
    <>
      <span className="block font-medium break-all">{model ?? "no model named"}</span>
      <span className="text-xs text-soft">{provider}</span>
    </>
  );
}
