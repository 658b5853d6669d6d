"use client";

import { ApiError } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";

/** Why the server refused, for a reason that no field has; nothing while `error` is null. */
export function FormError({ error }: { error: unknown }) {
  const message = useErrorMessage();
  if (!error) return null;
  const serious = error instanceof ApiError && error.status >= 500;
  return (
    <div role="alert" className="text-bad">
      {message(error)}
      {serious && error.requestId ? <p className="mt-1 font-mono text-code text-faint">{error.requestId}</p> : null}
    </div>
  );
}
