import { adminCommands } from "./admin/commands.ts";
import { migrateCommand } from "./cli/migrate.ts";
import { runCli } from "./cli/run.ts";
import { verifyLedgerCommand } from "./cli/verify-ledger.ts";
import { doctorCommand } from "./doctor/command.ts";
import { modelsCommands } from "./models/commands.ts";
import { upCommand } from "./up/command.ts";
import { upstreamCommands } from "./upstreams/commands.ts";

// Exits rather than waiting for an empty event loop: the channel to the starting process would keep it open.
process.exit(
  await runCli(
    [upCommand, migrateCommand, doctorCommand, verifyLedgerCommand, ...upstreamCommands, ...modelsCommands, ...adminCommands],
    process.argv.slice(2),
    process.env,
  ),
);
