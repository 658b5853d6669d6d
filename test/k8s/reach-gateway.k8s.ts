import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#deployer/drivers/contract.ts";
import { type Router, startRouter } from "./router.ts";
import { type ClusterWorld, createWorld } from "./world.ts";

/** A region whose gateways reach instances by names that a router of the cluster answers to. */
let router: Router;
let world: ClusterWorld;

beforeAll(async () => {
  router = await startRouter();
  world = await createWorld({ reach: { kind: "gateway", url: router.url } });
  router.serve(world.place.admin, world.place.namespace);
});
afterAll(async () => {
  await world.dispose();
  await router.close();
});

test("calls through the gateway reach each instance by its own name, also after one was replaced", async () => {
  await world.want({ wantedInstances: 2 });
  await everyOneAnswers(2);
  const [gone] = (await world.service()).instances;
  await world.place.agent
    .running()
    .find((one) => one.pod.metadata?.name === gone?.podName)
    ?.process?.signal("SIGKILL");
  await everyOneAnswers(2, gone?.endpoint);
  await world.want({ wantedInstances: 1 });
  await everyOneAnswers(1);
});

/** As many are ready as wanted, each has an address of the router's that none had before, and calls come by all of them. */
async function everyOneAnswers(count: number, former: string | null = null): Promise<void> {
  await eventually(async () => {
    const service = await world.service();
    expect(service).toMatchObject({ state: "running", observedGeneration: service.generation });
    const endpoints = service.instances.map((row) => row.endpoint ?? "").sort();
    expect(endpoints).toHaveLength(count);
    expect(endpoints).not.toContain(former);
    const before = new Map(router.passed);
    for (let call = 0; call < 4 * count; call++) await world.chat();
    const used = [...router.passed].flatMap(([name, calls]) =>
      calls > (before.get(name) ?? 0) ? [router.url.replace("{name}", name)] : [],
    );
    expect(used.sort()).toEqual(endpoints);
  }, 60_000);
}
