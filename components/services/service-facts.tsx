"use client";

import Link from "next/link";
import { useLocale, useNow, useTranslations } from "next-intl";
import { Fact, Facts } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Locale } from "#lib/contracts/account.ts";
import type { ServiceDetail } from "#lib/contracts/services.ts";
import { costAt } from "./cost-at.ts";
import { usePrices } from "./prices.ts";
import { isMoving, serviceTone } from "./service-state.ts";

const costTickMs = 5_000;

interface ServiceFactsProps {
  service: ServiceDetail;
  currency: string;
  /** When the service was read, in milliseconds. */
  readAt: number;
}

export function ServiceFacts({ service, currency, readAt }: ServiceFactsProps) {
  const t = useTranslations("services");
  const locale = useLocale() as Locale;
  return (
    <Facts>
      <Fact label={t("serviceName")}>
        <Copied text={service.name} label={t("serviceName")} />
      </Fact>
      <Fact label={t("accessName")}>
        <Copied text={service.accessName} label={t("accessName")} />
      </Fact>
      <Fact label={t("serviceIdLabel")}>
        <Copied text={service.id} label={t("serviceId")} />
      </Fact>
      <Fact label={t("baseModel")}>
        <Link href={`/models/${service.model.slug}`} className="font-medium text-accent hover:underline">
          {service.model.name}
        </Link>
      </Fact>
      <Fact label={t("instanceCount")}>
        <span className="tabular-nums">{t("readyOfWanted", { ready: service.readyInstances, wanted: service.wantedInstances })}</span>
      </Fact>
      <Fact label={t("status")}>
        <Status tone={serviceTone[service.state]} label={t(`states.${service.state}`)} moving={isMoving(service.state)} />
      </Fact>
      <Fact label={t("region")}>{service.region.label[locale]}</Fact>
      <Fact label={t("instanceType")}>{service.instanceType}</Fact>
      <Fact label={t("contextLabel")}>
        <Context service={service} />
      </Fact>
      <Fact label={t("billing")}>{t(service.billing === "instance" ? "byInstance" : "byToken")}</Fact>
      <Fact label={t("pricePerHour")}>
        <Price service={service} currency={currency} />
      </Fact>
      {service.billing === "instance" ? (
        <Fact label={t("costSoFar")}>
          <Cost service={service} currency={currency} readAt={readAt} />
        </Fact>
      ) : null}
      <Fact label={t("created")}>
        <Time at={service.createdAt} past />
      </Fact>
    </Facts>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <>
      <span className="min-w-0 break-all font-mono text-code">{text}</span>
      <CopyButton text={text} label={label} />
    </>
  );
}

/** What the instances take in one request, beside what the model could. */
function Context({ service: { contextLength, modelContextLength } }: { service: ServiceDetail }) {
  const t = useTranslations("services");
  const text =
    contextLength < modelContextLength
      ? t("contextOf", { tokens: contextLength, all: modelContextLength })
      : t("contextTokens", { tokens: contextLength });
  return <span className="tabular-nums">{text}</span>;
}

/** Goes on growing without being read again; the server's reading of the clock differs from the browser's, hence the suppressed warning. */
function Cost({ service, currency, readAt }: ServiceFactsProps) {
  const t = useTranslations("services");
  const now = useNow({ updateInterval: costTickMs });
  const cost = usePrices(currency).one(costAt(service, now.getTime() - readAt));
  return (
    <span className="tabular-nums" suppressHydrationWarning>
      {service.openIntervals > 0 ? t("costMoving", { cost }) : cost}
    </span>
  );
}

function Price({ service, currency }: { service: ServiceDetail; currency: string }) {
  const t = useTranslations("services");
  const prices = usePrices(currency);
  if (service.billing === "token") return "–";
  if (service.hourNano === null) return t("noPrice");
  const total = prices.many(service.hourNano, service.wantedInstances);
  return (
    <span className="tabular-nums">{t("feePerHour", { count: service.wantedInstances, price: prices.one(service.hourNano), total })}</span>
  );
}
