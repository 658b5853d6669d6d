"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleUserRound, LogOut, Settings } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { z } from "zod";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "#components/ui/menu.tsx";
import { type Me, me } from "#lib/contracts/account.ts";
import { formatMoney } from "#lib/money/format.ts";

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
  const signOut = useMutation({
    mutationFn: () => api({ path: "/api/session", method: "DELETE", body: {}, schema: z.undefined() }),
    // A whole new page: nothing that this user saw stays in memory for the next.
    onSuccess: () => window.location.assign("/sign-in"),
  });
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
