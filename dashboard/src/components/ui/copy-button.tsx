import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";

interface CopyButtonProps {
  /** What is copied; made only when it is asked for. */
  readonly text: () => string | Promise<string>;
  /** Default `Copy`. */
  readonly label?: string;
}

/** Copies a text, and says whether that worked. */
export function CopyButton({ text, label = "Copy" }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text());
      setState("done");
    } catch {
      setState("failed");
    }
  };
  const Icon = state === "done" ? Check : Copy;
  return (
    <Button onClick={() => void copy()}>
      <Icon size={14} aria-hidden />
      <span aria-live="polite">{{ idle: label, done: "Copied", failed: "The browser refused" }[state]}</span>
    </Button>
  );
}
