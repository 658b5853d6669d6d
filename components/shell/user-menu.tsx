"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleUserRound, LogOut, Settings } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuFailure, MenuItem, MenuLabel, MenuSeparator } from "#components/ui/menu.tsx";
import { type Me, me } from "#lib/contracts/account.ts";
import { formatMoney } from "#lib/money/format.ts";
import { useSignOut } from "./sign-out.ts";

const balanceMs = 10_000;

export function UserMenu({ me: first }: { me: Me }) {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const account = useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => api({ path: "/api/me", schema: me, signal }),
    initialData: first,
    refetchInterval: balanceMs,
  });
  const { email, balanceNano, currency } = account.data;
  const signOut = useSignOut();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("account")}>
          <CircleUserRound aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{email}</MenuLabel>
      <div className="px-2 pb-1.5 text-table tabular-nums">
        {t("balance", { amount: formatMoney(BigInt(balanceNano), { currency, locale }, 2) })}
      </div>
      {account.isError ? <MenuFailure error={account.error} onRetry={account.refetch} /> : null}
      <MenuSeparator />
      <MenuItem onSelect={() => router.push("/settings")}>
        <Settings aria-hidden />
        {t("settings")}
      </MenuItem>
      <MenuItem onSelect={() => signOut.mutate()}>
        <LogOut aria-hidden />
        {t("signOut")}
      </MenuItem>
    </Menu>
  );
}
