import { AppError } from "#lib/errors.ts";
import { refuseAmbiguous } from "./ambiguity.ts";
import { checkGrammar } from "./check-grammar.ts";
import { readSchema } from "./read-schema.ts";
import { SchemaError } from "./schema-node.ts";
import { writeGrammar } from "./write-grammar.ts";

/** The grammar of what a JSON schema allows. Throws AppError that names what in the schema cannot be kept; `param` is where it stands. */
export function schemaGrammar(schema: unknown, param: string): string {
  try {
    const tree = readSchema(schema);
    refuseAmbiguous(tree);
    const grammar = writeGrammar(tree);
    const fault = checkGrammar(grammar);
    if (fault !== null) throw new SchemaError(`the schema makes no usable grammar (${fault})`);
    return grammar;
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new AppError("invalid_value", `\`${param}\`: ${error.message}.`, { param, cause: error });
  }
}
