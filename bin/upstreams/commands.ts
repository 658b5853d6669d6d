import type { Command } from "../cli/command.ts";
import { addUpstreamCommand } from "./add.ts";
import { listUpstreamsCommand } from "./list.ts";
import { removeUpstreamCommand } from "./remove.ts";
import { testUpstreamsCommand } from "./test.ts";

export const upstreamCommands: Command[] = [addUpstreamCommand, listUpstreamsCommand, testUpstreamsCommand, removeUpstreamCommand];
