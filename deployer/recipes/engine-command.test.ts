import { describe, expect, test } from "vitest";
import { engineCommand } from "./engine-command.ts";

const input = {
  engine: "/app/engine/main.ts",
  instanceId: "ins_1",
  serviceId: "svc_1",
  accessName: "u-1100a15812cc/qwen2",
  weights: "/app/models/a b/x.gguf",
  projector: null,
  contextLength: 1024,
  parallel: 4,
  threads: 2,
  stateFile: "/data/instances/ins_1/state.json",
};

describe("engineCommand", () => {
  test("names whose process it is, and keeps a path with a space one argument", () => {
    expect(engineCommand(input)).toEqual([
      "/app/engine/main.ts",
      ...["--instance", "ins_1", "--service", "svc_1", "--model", "/app/models/a b/x.gguf", "--name", "u-1100a15812cc/qwen2"],
      ...["--context", "1024", "--parallel", "4", "--threads", "2", "--cache", "64", "--state", "/data/instances/ins_1/state.json"],
    ]);
    expect(engineCommand({ ...input, projector: "/p.gguf" })).toContain("--projector");
  });

  test.each(["--inspect=0.0.0.0", "", "a\0b"])("refuses the access name %j", (accessName) => {
    expect(() => engineCommand({ ...input, accessName })).toThrow(RangeError);
  });
});
