import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type BindingContext, requireBinding } from "#engine/llama/binding.ts";
import { ask, readEvents, startEngine, type TestEngine, weights } from "#engine/testing/start-engine.ts";
import { type Bench, fixed, inTurn, judge, median, type Row } from "../bench.ts";

const question = "Tell me a story";
const slots = 8;
const contextTokens = 1024;
const answerTokens = 300;

interface Order {
  parallel: number;
  seconds: number;
}

/** Tokens a second, summed over all answers that ran side by side. */
type Measure = (order: Order) => Promise<number>;

/** Tokens a second of a streamed chat on the engine, against the same binding with nothing around it, one and eight at a time. */
export async function engine({ rounds, seconds, use }: Bench): Promise<Row[]> {
  const bare = await use(startBare());
  const ours = await use(startEngine({ parallel: String(slots), context: String(contextTokens) }));
  const sides: Measure[] = [bare.measure, (order) => inLanes(order, () => streamOnce(ours))];
  const rows: Row[] = [];
  for (const parallel of [1, slots]) {
    for (const side of sides) await side({ parallel, seconds: 1 });
    const results = await inTurn(rounds, sides, (side) => side({ parallel, seconds }));
    const [alone = Number.NaN, around = Number.NaN] = sides.map((side) => median(results.get(side) ?? []));
    rows.push({
      scenario: `engine, ${parallel} at a time`,
      figure: `bare binding ${fixed(alone, 0)} tokens/s, engine ${fixed(around, 0)} tokens/s`,
      ratio: `${fixed(around / alone, 2)} of the binding`,
      verdict: judge(around / alone, "min", { goal: 0.9 }),
    });
  }
  return rows;
}

/** Keeps so many answers going until the time is over. */
async function inLanes({ parallel, seconds }: Order, answer: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const lane = async () => {
    let tokens = 0;
    while (performance.now() - started < seconds * 1000) tokens += await answer();
    return tokens;
  };
  const tokens = await Promise.all(Array.from({ length: parallel }, lane));
  return (tokens.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - started);
}

async function streamOnce(ours: TestEngine): Promise<number> {
  const body = ask(question, { stream: true, temperature: 0, frequency_penalty: -2, max_tokens: answerTokens });
  let events = 0;
  for await (const _event of readEvents(await ours.post("/v1/chat/completions", body))) events++;
  // The role, the finish and [DONE] are no tokens. This answer has no characters of several tokens.
  return events - 3;
}

/** The binding in a process of its own: it prints to the standard output whatever it likes. */
async function startBare(): Promise<{ measure: Measure; stop(): Promise<void> }> {
  const child = fork(import.meta.filename, ["--bare"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  await answerOf(child);
  return {
    measure: async (order) => {
      child.send(order);
      return Number(await answerOf(child));
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  const ended = once(child, "exit", { signal }).then(() => Promise.reject(new Error("the bare binding ended")));
  try {
    const [answer] = await Promise.race([once(child, "message", { signal }), ended]);
    return answer;
  } finally {
    done.abort();
  }
}

async function runBare(): Promise<void> {
  const context = await requireBinding().loadModel({
    model: weights,
    n_ctx: contextTokens * slots,
    n_parallel: slots,
    n_threads: 1,
    n_gpu_layers: 0,
    use_mlock: false,
    ctx_shift: false,
  });
  await context.parallel.enable({ n_parallel: slots, n_batch: 512 });
  process.on("message", async (order: Order) => process.send?.(await inLanes(order, () => completeOnce(context))));
  process.once("disconnect", async () => {
    context.parallel.disable();
    await context.release();
    process.exit(0);
  });
  process.send?.("ready");
}

async function completeOnce(context: BindingContext): Promise<number> {
  const prompt = `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`;
  const greedy = { temperature: 0, top_k: 1, top_p: 0.95, min_p: 0.05, penalty_repeat: 1, penalty_freq: -2, penalty_present: 0 };
  const rest = { penalty_last_n: contextTokens, dry_multiplier: 0, xtc_probability: 0, n_probs: 0 };
  let tokens = 0;
  const pending = await context.parallel.completion({ prompt, n_predict: answerTokens, ...greedy, ...rest }, () => {
    tokens++;
  });
  await pending.promise;
  return tokens;
}

if (process.argv[2] === "--bare") await runBare();
