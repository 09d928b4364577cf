import { Search } from "lucide-react";
import { useState } from "react";

interface SearchFieldProps {
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** Words to be found in prompts and answers; Enter searches. */
export function SearchField({ value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  return (
    <form
      role="search"
      className="relative min-w-40 grow"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(text.trim());
      }}
    >
      <Search size={14} aria-hidden className="absolute top-2.5 left-2.5 text-soft" />
      <input
        type="search"
        aria-label="Words in prompt and answer"
        placeholder="Words in prompt and answer"
        maxLength={1000}
        className="h-8.5 w-full rounded border border-line bg-panel pr-2 pl-8"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (event.currentTarget.value === "" && value !== "") onSearch("");
        }}
      />
    </form>
  );
}
