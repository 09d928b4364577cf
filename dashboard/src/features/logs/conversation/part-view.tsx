import { useState } from "react";
import { formatCount } from "../../../lib/format.ts";
import type { ConversationPart } from "./conversation-part.ts";

/** A part of a message. Whatever it holds is shown as text; images elsewhere are not fetched. */
export function PartView({ part }: { readonly part: ConversationPart }) {
  switch (part.kind) {
    case "text":
      return <LongText text={part.text} />;
    case "reasoning":
      return (
        <details className="my-1 border-l-2 border-line pl-3 text-soft" open={part.text.length < 600}>
          <summary className="cursor-pointer text-xs font-medium">Reasoning</summary>
          <LongText text={part.text} />
        </details>
      );
    case "image":
      return <Picture url={part.url} />;
    default:
      return (
        <div className="my-1 rounded border border-line bg-panel p-2">
          <p className="text-xs font-medium text-soft">
            {{ "tool-call": "Calls", "tool-result": "Result of", other: "" }[part.kind]}{" "}
            <bdi className="font-mono">{part.name}</bdi>
          </p>
          <div className="font-mono text-xs">
            <LongText text={part.text} />
          </div>
        </div>
      );
  }
}

/** Images that are in the body itself are shown; those elsewhere are named and not fetched. */
function Picture({ url }: { readonly url: string }) {
  if (/^data:image\/(png|jpeg|gif|webp|avif);base64,/.test(url)) {
    return <img src={url} alt="in the message" className="my-1 max-h-80 max-w-full rounded border border-line" />;
  }
  return (
    <p className="my-1 text-soft">
      Image at <bdi className="font-mono text-xs break-all">{url.slice(0, 500)}</bdi> (not loaded)
    </p>
  );
}

const firstCharacters = 4000;
const stepCharacters = 50_000;

function LongText({ text }: { readonly text: string }) {
  const [shown, setShown] = useState(firstCharacters);
  return (
    <div dir="auto" className="break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
      {text.length > shown ? text.slice(0, shown).toWellFormed() : text}
      {text.length > shown ? (
        <button
          type="button"
          className="mt-1 block text-accent hover:underline"
          onClick={() => setShown(shown + stepCharacters)}
        >
          … {formatCount(text.length - shown)} more characters
        </button>
      ) : null}
    </div>
  );
}
