/** Stands in an argument list where the port will be that is free when the program starts. */
export const portPlaceholder = "{port}";

/** A server of somebody else's making that answers OpenAI's routes on loopback. */
export interface ProgramCommand {
  /** The program; absolute. */
  file: string;
  args: string[];
  /** The environment variable by which it learns the bearer that it demands. */
  keyVariable: string;
  /** What it needs in its environment besides. */
  env: Record<string, string>;
}
