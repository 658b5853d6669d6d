"use client";

import { ScrollText } from "lucide-react";
import { useNow, useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Row, Table } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { InstanceView } from "#lib/contracts/services.ts";
import { reasonText } from "./reason-text.ts";
import { instanceTone, isInstanceMoving } from "./service-state.ts";

interface InstanceTableProps {
  instances: InstanceView[];
  /** None are wanted. */
  stopped: boolean;
}

export function InstanceTable({ instances, stopped }: InstanceTableProps) {
  const t = useTranslations("services");
  if (instances.length === 0) {
    const text = t(stopped ? "noInstancesStopped" : "noInstances");
    return <p className="rounded-card border border-dashed text-balance px-5 py-8 text-center text-muted">{text}</p>;
  }
  const columns = [
    { id: "id", label: t("instanceId") },
    { id: "state", label: t("status") },
    { id: "reason", label: t("reason") },
    { id: "since", label: t("stateSince") },
    { id: "restarts", label: t("restarts"), right: true },
    { id: "logs", label: t("logs"), hidden: true },
  ];
  return (
    <Table label={t("instanceList")} columns={columns}>
      {instances.map((instance) => (
        <InstanceRow key={instance.id} instance={instance} />
      ))}
    </Table>
  );
}

function InstanceRow({ instance }: { instance: InstanceView }) {
  const t = useTranslations("services");
  const [, setParams] = useUrlState();
  const reason = reasonText(t, instance.reason, instance.reasonData, false);
  const moving = isInstanceMoving(instance.state);
  return (
    <Row>
      <Cell className="max-md:pb-2">
        <div className="flex min-w-0 flex-col">
          <span className="flex min-w-0 items-center gap-0.5">
            <span className="truncate font-mono text-code">{instance.id}</span>
            <CopyButton text={instance.id} label={t("instanceId")} className="size-7 md:size-6" />
          </span>
          {instance.endpoint ? (
            <span className="truncate font-mono text-label text-muted" title={t("innerEndpoint")}>
              <span className="sr-only">{t("innerEndpoint")} </span>
              {instance.endpoint}
            </span>
          ) : null}
        </div>
      </Cell>
      <Cell label={t("status")}>
        <Status tone={instanceTone[instance.state]} label={t(`instanceStates.${instance.state}`)} moving={moving} />
      </Cell>
      <Cell label={t("reason")} className="md:min-w-48">
        <span className="text-muted max-md:text-right">
          {instance.state === "backoff" && instance.retryAt ? <NextTry reason={reason} at={instance.retryAt} /> : reason || "–"}
        </span>
      </Cell>
      <Cell label={t("stateSince")}>
        <Time at={instance.stateSince} past />
      </Cell>
      <Cell label={t("restarts")} right>
        {instance.restarts}
      </Cell>
      <Cell className="bg-inherit md:sticky md:right-0 md:text-right">
        <Button
          variant="ghost"
          size="small"
          aria-label={t("logsOf", { instance: instance.id })}
          onClick={() => setParams({ tab: "logs", instance: instance.id, run: null })}
        >
          <ScrollText strokeWidth={1.75} aria-hidden />
          {t("logs")}
        </Button>
      </Cell>
    </Row>
  );
}

/** Why it ended, and a count down to its next start. */
function NextTry({ reason, at }: { reason: string; at: string }) {
  const t = useTranslations("services");
  const now = useNow({ updateInterval: 1_000 });
  const seconds = Math.ceil((new Date(at).getTime() - now.getTime()) / 1_000);
  const text = seconds > 0 ? t("retryIn", { seconds }) : t("retryNow");
  return (
    <span className="tabular-nums" suppressHydrationWarning>
      {reason ? t("twoSentences", { first: reason, second: text }) : text}
    </span>
  );
}
