import { dirname, join } from "node:path";
import { ConfigError, parseConfig } from "#lib/config.ts";
import { createBearerCheck } from "./http/bearer.ts";
import { createEngineServer } from "./http/server.ts";
import { requireBinding } from "./llama/binding.ts";
import { LlamaEngine } from "./llama/engine.ts";
import { printError, separateStandardOutput, withStandardErrorIn } from "./llama/native-output.ts";
import { readVocabulary, WeightsError } from "./llama/weights-header.ts";
import { createEngineLogger } from "./log.ts";
import { type CommandLine, parseCommandLine, UsageError } from "./options.ts";
import { Instance } from "./routes/instance.ts";
import { engineRoutes } from "./routes/routes.ts";
import { writeStateFile } from "./state-file.ts";

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2), process.env);
  const { logLevel } = parseConfig(process.env);
  const vocabulary = await readVocabulary(options.model);
  const log = createEngineLogger(logLevel, separateStandardOutput());
  const instance = new Instance(identityOf(options));
  const server = createEngineServer({ routes: engineRoutes(instance), isAuthorized: createBearerCheck(options.bearer), log });

  const port = await server.listen();
  const nativeLog = join(dirname(options.state), "native.log");
  const { nonce, instance: instanceId, service: serviceId } = options;
  await writeStateFile(options.state, { port, nonce, instanceId, serviceId });
  log.info({ instanceId, serviceId, pid: process.pid, port }, "listening");

  // `once`: a second SIGTERM finds no handler and ends the process at once.
  process.once("SIGTERM", async () => {
    log.info({ instanceId }, "stopping");
    const cut = await server.drain(options.drain * 1000);
    // Native threads that still decode while the process ends would crash it.
    const { engine } = instance;
    if (engine) await withStandardErrorIn(nativeLog, () => engine.release());
    log.info({ instanceId, cut }, "stopped");
    process.exit(0);
  });

  const started = performance.now();
  log.info({ instanceId, model: options.model, details: nativeLog }, "loading");
  const { context: contextTokens, parallel, queue, threads, model } = options;
  const engineOptions = { model, contextTokens, parallel, queue, threads };
  instance.engine = await withStandardErrorIn(nativeLog, () => LlamaEngine.load(requireBinding(), vocabulary, engineOptions));
  log.info({ instanceId, contextTokens, parallel, loadMs: Math.round(performance.now() - started) }, "ready");
}

function identityOf(options: CommandLine) {
  return { instanceId: options.instance, nonce: options.nonce, name: options.name, contextTokens: options.context };
}

main().catch((error) => {
  const isPlain = error instanceof UsageError || error instanceof WeightsError || error instanceof ConfigError;
  printError(`engine: ${isPlain ? error.message : (error?.stack ?? error)}`);
  process.exit(1);
});
