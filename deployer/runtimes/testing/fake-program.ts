import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a fake program has written down of its start. */
export interface ProgramStart {
  args: string[];
  key: string;
  /** Names of the variables of Hydra's that it was given. */
  secrets: string[];
}

/**
 * Puts a program of this name into a folder. It stands for llama-server or vLLM: writes its arguments to `<name>.json` beside
 * itself, refuses weights that are none, answers /health with 503 at first, demands its key, and streams what it is asked.
 */
export async function writeFakeProgram(folder: string, name: "llama-server" | "vllm"): Promise<string> {
  const file = join(folder, name);
  const keyVariable = name === "vllm" ? "VLLM_API_KEY" : "LLAMA_API_KEY";
  await writeFile(file, `#!${process.execPath}\n${source(keyVariable, JSON.stringify(`${file}.json`))}`);
  await chmod(file, 0o755);
  return file;
}

const source = (keyVariable: string, record: string) => `
const fs = require("node:fs");
const args = process.argv.slice(2);
const after = (flag) => args[args.indexOf(flag) + 1];
const key = process.env.${keyVariable};
const secrets = Object.keys(process.env).filter((name) => /^(HYDRA_INSTANCE|HYDRA_SECRET|HF_TOKEN)/.test(name));
fs.writeFileSync(${record}, JSON.stringify({ args, key, secrets }));
const weights = args[0] === "serve" ? args[1] + "/config.json" : after("--model");
const begins = fs.readFileSync(weights).subarray(0, 4).toString();
if (!begins.startsWith("GGUF") && !begins.startsWith("{")) {
  console.error("error loading model: " + weights + " is no model");
  process.exit(1);
}
let ready = false;
setTimeout(() => { ready = true; }, 150);
require("node:http").createServer((from, to) => {
  if (from.url === "/health") return to.writeHead(ready ? 200 : 503).end("{}");
  if (from.headers.authorization !== "Bearer " + key) return to.writeHead(401).end("{}");
  if (from.url === "/v1/models") return to.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data: [{ id: after("--alias") }] }));
  let body = "";
  from.on("data", (part) => { body += part; });
  from.on("end", () => {
    const { pieces, everyMs } = JSON.parse(body);
    let sent = 0;
    const timer = setInterval(() => {
      if (sent === 0) to.writeHead(200, { "content-type": "text/event-stream" });
      to.write("data: " + sent++ + "\\n\\n");
      if (sent === pieces) { clearInterval(timer); to.end("data: [DONE]\\n\\n"); }
    }, everyMs);
    to.on("close", () => { clearInterval(timer); console.log("closed after " + sent); });
  });
}).listen(Number(after("--port")), "127.0.0.1", () => console.log("program listens"));
`;
