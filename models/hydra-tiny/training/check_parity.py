# Compares torch (fp32) with llama.cpp: same prompt text -> same greedy text.  usage: check_parity.py ck.pt model.gguf
import sys, json, subprocess; ck, gg = sys.argv[1:3]; sys.argv = ["x"]
import torch, train; from train import *
train.bf = lambda x: x.float()
c = torch.load(ck); tok = Tok(c["merges"]); m = Model(); m.cos, m.sin, m.mask = m.cos.float(), m.sin.float(), m.mask.float()
a = torch.arange(CTX).float()[:, None] * (THETA ** (-torch.arange(0, HD, 2).float() / HD)); m.cos, m.sin = torch.cat([a.cos(), a.cos()], -1), torch.cat([-a.sin(), a.sin()], -1)
m.load_state_dict(c["model"]); m.eval()
P = ["Hello", "What is 23 + 48?", "tell me a story about a fox", "你好，你是谁？", "Write hello world in Go", "Explain  quantum physics\n\nplease 😀", "How do I create an API key?", "List 4 fruits"]
inv = {v: k for k, v in BM.items()}; dec = lambda ids: bytes(inv[ch] for t in ids for ch in tok.toks[t]).decode("utf8", "replace")
js = """const {createRequire}=require('module');const {loadModel}=createRequire(process.cwd()+'/x.js')('@fugood/llama.node');(async()=>{const c=await loadModel({model:process.argv[1],n_ctx:1024,n_gpu_layers:0,use_mlock:false});const o=[];for(const p of JSON.parse(process.argv[2])){const pr='<|im_start|>user\\n'+p+'<|im_end|>\\n<|im_start|>assistant\\n';const t=await c.tokenize(pr);const r=await c.completion({prompt:pr,n_predict:250,temperature:0,top_k:1,xtc_probability:0});o.push([Array.from(t.tokens),r.text])}console.log('\\nJSON'+JSON.stringify(o));process.exit(0)})()"""
out = subprocess.run(["node", "-e", js, gg, json.dumps(P)], capture_output=True, text=True).stdout; res = json.loads(out.split("\nJSON")[1].split("\n")[0])
for p, (lt, text) in zip(P, res):
    ids = [1] + tok.enc("user\n" + p) + [2] + tok.enc("\n") + [1] + tok.enc("assistant\n"); n0 = len(ids); x = list(ids)
    with torch.no_grad():
        while len(x) < n0 + 250:
            t = int((m(torch.tensor([x]))[0, -1] @ m.emb.T).argmax())
            if t == 2: break
            x.append(t)
    d = dec(x[n0:]); print("tokens same:", lt == ids, "| text same:", d == text, "|", repr(d[:90]))
    if d != text: print("   llama.cpp:", repr(text[:200]))
