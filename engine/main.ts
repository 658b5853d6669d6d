import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError, parseConfig } from "#lib/config.ts";
import { createBearerCheck } from "./http/bearer.ts";
import { createEngineServer } from "./http/server.ts";
import { requireBinding } from "./llama/binding.ts";
import { Embedder } from "./llama/embedder.ts";
import { LlamaEngine } from "./llama/engine.ts";
import { printError, separateStandardOutput, silenceStandardError, withStandardErrorIn } from "./llama/native-output.ts";
import { readVocabulary, requireGguf, type Vocabulary, WeightsError } from "./llama/weights-header.ts";
import { createEngineLogger } from "./log.ts";
import { type CommandLine, parseCommandLine, UsageError } from "./options.ts";
import { Instance } from "./routes/instance.ts";
import { engineRoutes } from "./routes/routes.ts";
import { writeStateFile } from "./state-file.ts";

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2), process.env);
  const { logLevel } = parseConfig(process.env);
  const vocabulary = await readVocabulary(options.model);
  if (options.projector !== undefined) await requireGguf(options.projector, "projector");
  const chatTemplate = await readTemplate(options["chat-template"]);
  const log = createEngineLogger(logLevel, separateStandardOutput());
  process.on("uncaughtExceptionMonitor", (err) => log.fatal({ err }, "crashed"));
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
    const { model } = instance;
    if (model) await withStandardErrorIn(nativeLog, () => model.release());
    log.info({ instanceId, cut }, "stopped");
    process.exit(0);
  });

  const started = performance.now();
  log.info({ instanceId, model: options.model, details: nativeLog }, "loading");
  instance.model = await withStandardErrorIn(nativeLog, () => loadModel(options, vocabulary, chatTemplate));
  if (options.projector !== undefined) silenceStandardError();
  const { context: contextTokens, parallel } = options;
  log.info({ instanceId, contextTokens, parallel, loadMs: Math.round(performance.now() - started) }, "ready");
}

/** The model that the flags ask for; weights that were made for embeddings make them unasked. */
function loadModel(options: CommandLine, vocabulary: Vocabulary, chatTemplate: string | null): Promise<LlamaEngine | Embedder> {
  const { model, context: contextTokens, parallel, queue, threads, projector = null, cache, state } = options;
  const embeddings = options.embeddings ?? (vocabulary.makesEmbeddings ? "model" : null);
  if (embeddings !== null) {
    const pooling = embeddings === "model" ? null : embeddings;
    return Embedder.load(requireBinding(), vocabulary, { model, contextTokens, queue, threads, pooling });
  }
  const files = { model, projector, chatTemplate, folder: dirname(state) };
  return LlamaEngine.load(requireBinding(), vocabulary, {
    ...files,
    contextTokens,
    parallel,
    queue,
    threads,
    cacheBytes: cache * 1024 * 1024,
  });
}

async function readTemplate(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--chat-template: cannot be read (${error.code}): ${path}`);
  });
}

function identityOf(options: CommandLine) {
  return { instanceId: options.instance, nonce: options.nonce, name: options.name, contextTokens: options.context };
}

main().catch((error) => {
  const isPlain = error instanceof UsageError || error instanceof WeightsError || error instanceof ConfigError;
  printError(`engine: ${isPlain ? error.message : (error?.stack ?? error)}`);
  process.exit(1);
});
