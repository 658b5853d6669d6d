import { chatBody, streamedAnswer } from "../answers.ts";
import { type Bench, fixed, inTurn, judge, median, type Row } from "../bench.ts";
import { load, type Target } from "../load/wrk.ts";
import { startFixedAnswer } from "../nginx.ts";

/** Two gateways on one database against one: the load shares the cores, so processor time a request is what can be compared. */
export async function workers({ dir, rounds, seconds, hydra, use }: Bench): Promise<Row[]> {
  const events = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const model = await hydra.addService("workers", events.port);
  const headers = { authorization: `Bearer ${hydra.caller.key}` };
  const target = async (name: string): Promise<Target> => ({ name, ...(await use(hydra.startGateway())), headers, body: chatBody(model) });
  const first = await target("the first gateway");
  const second = await target("the second gateway");
  for (const side of [first, second]) await load(side, 32, 5);
  const results = await inTurn(rounds, ["one", "two"] as const, async (side) => {
    const all = await Promise.all((side === "one" ? [first] : [first, second]).map((one) => load(one, side === "one" ? 64 : 32, seconds)));
    return (
      all.reduce((sum, result) => sum + result.cpuUsPerRequest * result.requestsPerSecond, 0) /
      all.reduce((sum, result) => sum + result.requestsPerSecond, 0)
    );
  });
  const one = median(results.get("one") ?? []);
  const two = median(results.get("two") ?? []);
  const ratio = two / one;
  const figure = `one ${fixed(one, 1)} µs CPU a request, two ${fixed(two, 1)} µs`;
  return [{ scenario: "2 gateways against 1", figure, ratio: `${fixed(ratio, 2)} ×`, verdict: judge(ratio, "max", { goal: 1.1 }) }];
}
