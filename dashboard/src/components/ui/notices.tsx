/** What the server had to say besides what was asked, such as settings that have no effect; nothing for none. */
export function Notices({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul role="status" className="space-y-1 rounded border border-warn bg-panel p-3 text-sm">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
