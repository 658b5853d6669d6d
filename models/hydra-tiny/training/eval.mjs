// usage: node eval.mjs model.gguf [temperature] [samples] [-2|-3] [-v]
import { createRequire } from 'module'; import { execSync } from 'child_process'; import { readFileSync } from 'fs';
const req = createRequire(import.meta.url); const { loadModel } = req('@fugood/llama.node');
const [file, temp = "0", reps = "1", ...fl] = process.argv.slice(2), v = fl.includes("-v"), set = fl.includes("-2") ? "2" : fl.includes("-3") ? "3" : "";
const py = `import json,sys;sys.path.insert(0,"."); from eval_set${set} import *; print(json.dumps(EVAL${set}))`;
const ev = JSON.parse(execSync(`python3 -c '${py}'`, { cwd: import.meta.dirname || '.' }));
const re = (p) => { let f = 'u', m; while ((m = p.match(/^\(\?([is]+)\)/))) { f += m[1]; p = p.slice(m[0].length); } return new RegExp(p.replaceAll('\\"', '"'), f.replace('u', '')); };
let t0 = performance.now(); const c = await loadModel({ model: file, n_ctx: 1024, n_gpu_layers: 0, use_mlock: false, n_threads: +(process.env.THREADS || 1) }); const load = performance.now() - t0;
const over = new Set(JSON.parse(readFileSync(new URL('overlap.json', import.meta.url)))); let okS = 0, nS = 0, ok = 0, n = 0, tok = 0, ms = 0, noeos = 0; const bad = [];
for (let k = 0; k < +reps; k++) for (const [i, [turns, pat]] of ev.entries()) {
  const messages = (i + k) % 2 ? [{ role: 'system', content: 'You are a helpful assistant.' }] : []; let r;
  for (const t of turns) { messages.push({ role: 'user', content: t }); r = await c.completion({ messages, jinja: true, n_predict: 400, temperature: +temp, xtc_probability: 0, seed: 100 * k + i, ...(+temp ? { top_k: 40, top_p: 0.95 } : { top_k: 1 }) }); messages.push({ role: 'assistant', content: r.text }); tok += r.timings.predicted_n; ms += r.timings.predicted_ms; }
  n++; const strict = !over.has(turns.at(-1)); if (r.stopped_limited) noeos++; const text = r.text.trim(), good = re(pat).test(text) && !r.stopped_limited; if (strict) { nS++; if (good) okS++; } if (good) ok++; else bad.push([turns.at(-1), text.slice(0, 160)]);
  if (v) console.log(good ? 'OK ' : 'BAD', JSON.stringify(turns.at(-1)), '->', JSON.stringify(text.slice(0, 400)));
}
if (!v) for (const b of bad) console.log('BAD', JSON.stringify(b[0]), '->', JSON.stringify(b[1]));
console.log(`${file} T=${temp}: ${ok}/${n} = ${(100 * ok / n).toFixed(1)}%  (without exact template overlap: ${okS}/${nS} = ${(100 * okS / nS).toFixed(1)}%)  no-eos ${noeos}  load ${load.toFixed(0)} ms  ${(tok / ms * 1000).toFixed(0)} tok/s over ${tok} tokens`); process.exit(0);
