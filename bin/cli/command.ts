export interface OptionSpec {
  type: "boolean" | "string";
  says: string;
  required?: boolean;
  /** May also be given without its name: the command's one plain word. */
  positional?: boolean;
  /** Shown in the help after the option's name, e.g. `<address>`. */
  value?: string;
}

export interface CommandInput {
  values: Record<string, string | boolean | undefined>;
  env: NodeJS.ProcessEnv;
}

/** One subcommand, as data for parsing and help. */
export interface Command {
  /** As typed, e.g. `admin create-key`. */
  name: string;
  summary: string;
  usage: string;
  options: Record<string, OptionSpec>;
  /** Prints its result and resolves with the exit code: 0 ok, 1 failed. */
  run(input: CommandInput): Promise<number>;
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
