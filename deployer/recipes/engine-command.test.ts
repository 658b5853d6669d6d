import { describe, expect, test } from "vitest";
import { engineCommand, weightsCandidates } from "./engine-command.ts";

const input = {
  engine: "/app/engine/main.ts",
  instanceId: "ins_1",
  serviceId: "svc_1",
  accessName: "u-1100a15812cc/qwen2",
  weights: "/app/models/a b/x.gguf",
  contextLength: 1024,
  parallel: 4,
  stateFile: "/data/instances/ins_1/state.json",
};

describe("engineCommand", () => {
  test("names whose process it is, and keeps a path with a space one argument", () => {
    expect(engineCommand(input)).toEqual([
      "/app/engine/main.ts",
      ...["--instance", "ins_1", "--service", "svc_1", "--model", "/app/models/a b/x.gguf", "--name", "u-1100a15812cc/qwen2"],
      ...["--context", "1024", "--parallel", "4", "--state", "/data/instances/ins_1/state.json"],
    ]);
  });

  test.each(["--inspect=0.0.0.0", "", "a\0b"])("refuses the access name %j", (accessName) => {
    expect(() => engineCommand({ ...input, accessName })).toThrow(RangeError);
  });
});

describe("weightsCandidates", () => {
  test("looks in each folder, in order", () => {
    expect(weightsCandidates("hydra-tiny/tiny-chat.gguf", ["/data/models", "/app/models"])).toEqual([
      "/data/models/hydra-tiny/tiny-chat.gguf",
      "/app/models/hydra-tiny/tiny-chat.gguf",
    ]);
  });

  test.each(["/etc/passwd", "../secret", "a/../../secret", "..", ".", "a\\..\\b", "a\0"])("finds nothing for %j", (file) => {
    expect(weightsCandidates(file, ["/app/models"])).toEqual([]);
  });

  test("a name that only begins with dots is inside", () => {
    expect(weightsCandidates("..weights/a.gguf", ["/app/models"])).toEqual(["/app/models/..weights/a.gguf"]);
  });
});
