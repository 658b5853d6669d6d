"use client";

import { useState } from "react";
import { SearchField } from "./search-field.tsx";

interface UrlSearchFieldProps {
  /** What the address says now. */
  value: string;
  /** Called with the trimmed text once typing has paused. */
  onSearch: (text: string) => void;
  label: string;
  className?: string;
}

/** A search box for what stands in the address; starts anew when that was changed by something else: a link, or clearing the filters. */
export function UrlSearchField({ value, onSearch, label, className }: UrlSearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [round, setRound] = useState(0);
  if (value !== seen) {
    setSeen(value);
    if (value !== typed) {
      setTyped(value);
      setRound(round + 1);
    }
  }
  return (
    <SearchField
      key={round}
      initial={value}
      onSearch={(text) => {
        setTyped(text.trim());
        onSearch(text.trim());
      }}
      label={label}
      {...(className ? { className } : {})}
    />
  );
}
