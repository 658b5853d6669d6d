import { parseArgs } from "node:util";
import { AppError } from "#lib/errors.ts";
import { explain } from "../installation/explain.ts";
import { type Command, type CommandInput, UsageError } from "./command.ts";
import { commandHelp, nameOf, overview } from "./help.ts";

/** Runs the command that `args` name and resolves with the exit code: 0 ok, 1 failed, 2 wrong usage. */
export async function runCli(commands: Command[], args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const command = findCommand(commands, args);
  if (!command) return withoutCommand(commands, args);
  const rest = args.slice(command.name.split(" ").length);
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(commandHelp(command));
    return 0;
  }
  try {
    return await command.run({ values: parseValues(command, rest), env });
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\nUsage: ${command.usage}`);
      return 2;
    }
    reportFailure(error, rest.includes("--json"));
    return 1;
  }
}

function findCommand(commands: Command[], args: string[]): Command | undefined {
  return commands.find((command) => command.name.split(" ").every((word, index) => args[index] === word));
}

function withoutCommand(commands: Command[], args: string[]): number {
  const [first] = args;
  const words = args.filter((arg) => !arg.startsWith("-")).join(" ");
  const group = commands.filter((command) => command.name.startsWith(`${first} `));
  const shown = group.length > 0 ? group : commands;
  if (first === "--help" || first === "-h" || first === "help" || (group.length > 0 && args.includes("--help"))) {
    console.log(overview(shown));
    return 0;
  }
  console.error(
    words && !(group.length > 0 && words === first) ? `There is no command \`${words}\`.\n\n${overview(shown)}` : overview(shown),
  );
  return 2;
}

function parseValues(command: Command, args: string[]): CommandInput["values"] {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  const word = Object.entries(command.options).find(([, option]) => option.positional)?.[0];
  let values: CommandInput["values"];
  try {
    const parsed = parseArgs({ args, options, allowPositionals: word !== undefined, strict: true });
    values = { ...(word && parsed.positionals[0] !== undefined ? { [word]: parsed.positionals[0] } : {}), ...parsed.values };
    if (parsed.positionals.length > 1) throw new Error(`Unexpected argument '${parsed.positionals[1]}'`);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const missing = Object.entries(command.options).filter(([name, option]) => option.required && values[name] === undefined);
  if (missing.length > 0) throw new UsageError(`${missing.map(([name, option]) => nameOf(name, option)).join(", ")} must be given.`);
  return values;
}

/** Errors go to standard error, with `--json` as one object, so that standard output holds results alone. */
function reportFailure(error: unknown, json: boolean): void {
  const message = explain(error);
  if (!json) console.error(message);
  else console.error(JSON.stringify({ error: { code: error instanceof AppError ? error.code : "failed", message } }));
}
