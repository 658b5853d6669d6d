import type { Command } from "../cli/command.ts";
import { createKeyCommand } from "./create-key.ts";
import { createUserCommand } from "./create-user.ts";
import { creditCommand } from "./credit.ts";
import { inviteCommand } from "./invite.ts";
import { leasesCommand } from "./leases.ts";
import { resetPasswordCommand } from "./reset-password.ts";
import { setPriceCommand } from "./set-price.ts";
import { setRegionCommand } from "./set-region.ts";

export const adminCommands: Command[] = [
  createUserCommand,
  createKeyCommand,
  creditCommand,
  inviteCommand,
  leasesCommand,
  resetPasswordCommand,
  setPriceCommand,
  setRegionCommand,
];
