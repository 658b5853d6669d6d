"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { DialogActions } from "#components/ui/dialog.tsx";
import type { CreatedApiKey } from "#lib/contracts/api-keys.ts";
import { keyCheckCommand } from "#lib/samples/key-check.ts";
import { useCallableModels } from "./requests.ts";

/** What a key's first call goes to; no access name while nothing can be called. */
export interface CallTarget {
  endpoint: string;
  accessName: string | null;
}

/** The key, this one time, with a command that tries it. */
export function CreatedKey({ created, target, onDone }: { created: CreatedApiKey; target: CallTarget; onDone: () => void }) {
  const t = useTranslations("keys");
  const command = keyCheckCommand({ ...useAllowedTarget(created, target), apiKey: created.key });
  return (
    <div className="flex flex-col gap-4">
      <p className="flex gap-2.5 rounded-box border border-warn/40 px-3 py-2.5 text-table">
        <TriangleAlert className="mt-px size-4 shrink-0 text-warn" strokeWidth={1.75} aria-hidden />
        <span>{t("shownOnce")}</span>
      </p>
      <div className="flex flex-col gap-1.5">
        <p className="break-words font-medium text-label">{created.name}</p>
        <div className="flex items-center gap-1 rounded-control border border-control bg-sunken pl-2.5">
          <code className="min-w-0 flex-1 select-all break-all py-1.5 font-mono text-code">{created.key}</code>
          <CopyButton text={created.key} label={t("key")} />
        </div>
      </div>
      <CodeBlock samples={[{ id: "curl", label: t("tryIt"), code: command }]} label={t("tryIt")} />
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          {t("copiedIt")}
        </Button>
      </DialogActions>
    </div>
  );
}

/** The installation's own target where this key may call it, else one that it may and that answers now. */
function useAllowedTarget({ limits }: CreatedApiKey, target: CallTarget): CallTarget {
  const callable = useCallableModels("");
  const { allowedModels } = limits;
  if (!allowedModels || (target.accessName && allowedModels.includes(target.accessName))) return target;
  const allowed = callable.data?.items.find(({ accessName, chatReady }) => chatReady && allowedModels.includes(accessName));
  return allowed ?? { ...target, accessName: null };
}
