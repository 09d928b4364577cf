/** Says of what the configuration file manages where it is changed. */
export function FileNote({ what }: { readonly what: string }) {
  return (
    <p className="rounded border border-line bg-panel p-3 text-soft">
      {what} comes from <code className="font-mono">headgate.yaml</code> on the machine of the gateway and is changed
      there; the gateway reads the file again by itself. Nothing can be changed here.
    </p>
  );
}
