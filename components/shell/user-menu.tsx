"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleUserRound, LogOut, Settings } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { z } from "zod";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "#components/ui/menu.tsx";
import type { Me } from "#lib/contracts/account.ts";
import { formatMoney } from "#lib/money/format.ts";

export function UserMenu({ me }: { me: Me }) {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api({ path: "/api/session", method: "DELETE", body: {}, schema: z.undefined() }),
    onSuccess: () => {
      queries.clear();
      router.push("/sign-in");
      router.refresh();
    },
  });
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("account")}>
          <CircleUserRound aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{me.email}</MenuLabel>
      <div className="px-2 pb-1.5 text-table tabular-nums">
        {t("balance", { amount: formatMoney(BigInt(me.balanceNano), { currency: me.currency, locale }, 2) })}
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
