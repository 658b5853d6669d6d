import { expect, test } from "vitest";
import { parseArguments, parsePsLine } from "./command-lines.ts";

const dir = "/home/a b/.hydra/instances";
const args = (state: string) => [
  ...["/usr/bin/node", "/app/engine/main.ts", "--instance", "ins_1", "--service", "svc_1", "--model", "/m/x.gguf"],
  ...["--name", "public/hydra-tiny", "--context", "1024", "--parallel", "4", "--state", state],
];
const own = `${dir}/ins_1/state.json`;

test("an engine of this data directory is found, with a space in its path", () => {
  expect(parseArguments(7, args(own), dir)).toEqual({ pid: 7, instanceId: "ins_1", serviceId: "svc_1" });
  expect(parsePsLine(`   7 ${args(own).join(" ")}`, dir)).toEqual({ pid: 7, instanceId: "ins_1", serviceId: "svc_1" });
});

test.each([
  ["another installation's", args("/home/other/.hydra/instances/ins_1/state.json")],
  ["one whose state file is another instance's", args(`${dir}/ins_2/state.json`)],
  ["a shell that only mentions it", ["grep", "--instance", "ins_1", "--state", own]],
  ["one without a state file", ["/usr/bin/node", "/app/engine/main.ts", "--instance", "ins_1"]],
])("%s is not", (_, list) => {
  expect(parseArguments(7, list, dir)).toBeNull();
  expect(parsePsLine(`7 ${list.join(" ")}`, dir)).toBeNull();
});
