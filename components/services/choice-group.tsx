"use client";

import { type ReactNode, useId } from "react";

/** Radio buttons under one name; what is wrong with the choice stands below. */
export function ChoiceGroup({ label, error, children }: { label: string; error?: string | undefined; children: ReactNode }) {
  const id = useId();
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5" aria-describedby={error ? id : undefined}>
      <legend className="mb-1.5 font-medium text-ink text-label">{label}</legend>
      {children}
      {error ? (
        <p id={id} role="alert" className="text-bad text-label">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
