import type { Command, OptionSpec } from "./command.ts";

/** What `hydra --help` prints. */
export function overview(commands: Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  const list = commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`).join("\n");
  return `Usage: hydra <command> [options]\n\n${list}\n\n\`hydra <command> --help\` says more. Settings are environment variables; see the README.`;
}

/** What an option is called where it must be given: a plain word has the name that its value has. */
export function nameOf(name: string, { positional, value }: OptionSpec): string {
  return positional && value ? value : `--${name}`;
}

/** What `hydra <command> --help` prints. */
export function commandHelp(command: Command): string {
  const help: OptionSpec = { type: "boolean", says: "Show this" };
  const rows = Object.entries<OptionSpec>({ ...command.options, help });
  const heads = rows.map(([name, option]) => {
    if (option.positional) return nameOf(name, option);
    return `--${name}${option.type === "string" ? ` ${option.value ?? "<value>"}` : ""}`;
  });
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  const list = rows.map(
    ([, option], index) => `  ${(heads[index] ?? "").padEnd(width)}${option.says}${option.required ? " (required)" : ""}`,
  );
  return `${command.summary}\n\nUsage: ${command.usage}\n\n${list.join("\n")}`;
}
