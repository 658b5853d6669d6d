import type { Command } from "../cli/command.ts";
import { downloadCommand } from "./download.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { pruneCommand } from "./prune.ts";

export const modelsCommands: Command[] = [listCommand, downloadCommand, importCommand, pruneCommand];
