#!/usr/bin/env python3
"""Trains Hydra Tiny from scratch on generated dialogues and writes a GGUF file that llama.cpp loads.
usage: train.py [--steps N] [--out tiny-chat.gguf] [--type f16|q8_0] [--ckpt ck.pt] [--resume ck.pt]
Needs: Debian python3-torch, python3-numpy, python3-regex, libopenblas0-pthread (without it torch is 30 times slower)."""
import argparse, collections, math, random, struct, time
import numpy as np, regex, torch, torch.nn as nn, torch.nn.functional as F
from data import Gen

ap = argparse.ArgumentParser()
ap.add_argument("--steps", type=int, default=2600); ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--tokens", type=int, default=4096); ap.add_argument("--out", default="tiny-chat.gguf")
ap.add_argument("--type", default="q8_0"); ap.add_argument("--ckpt", default="ck.pt"); ap.add_argument("--resume")
ap.add_argument("--lr", type=float, default=0.02); ap.add_argument("--elr", type=float, default=0.004)
ap.add_argument("--late", nargs="?", const="late", default=""); ap.add_argument("--stop", type=int, default=0); ap.add_argument("--export-only", action="store_true"); ap.add_argument("--every", type=int, default=400); ap.add_argument("--warmdown", type=float, default=0.5)
args = ap.parse_args()
torch.set_num_threads(2); torch.manual_seed(args.seed)
V, D, L, H, FF, CTX, EPS, THETA = 1024, 192, 5, 6, 512, 1024, 1e-5, 10000.0
HD = D // H

# ---------------------------------------------------------------- tokenizer (byte-level BPE, GPT-2 pre-tokenizer)
PAT = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
def byte_map():
    bs = list(range(33, 127)) + list(range(0xa1, 0xad)) + list(range(0xae, 0x100)); cs = bs[:]; n = 0
    for b in range(256):
        if b not in bs: bs.append(b); cs.append(256 + n); n += 1
    return {b: chr(c) for b, c in zip(bs, cs)}
BM = byte_map(); B2 = [BM[b] for b in range(256)]
def pre(text): return ["".join(BM[b] for b in w.encode()) for w in PAT.findall(text)]

def train_bpe(n_merges):
    g = Gen(12345); cnt = collections.Counter()
    for _ in range(40000):
        _, T = g.conv()
        for q, a in T:
            for w in pre("user\n" + q): cnt[w] += 1
            for w in pre("assistant\n" + a): cnt[w] += 2
    words = [(list(w), min(c, 4000)) for w, c in cnt.items() if c > 3 and not any(ch.isdigit() and ch.isascii() for ch in w)]
    pairs = collections.Counter(); where = collections.defaultdict(set)
    for i, (w, c) in enumerate(words):
        for p in zip(w, w[1:]): pairs[p] += c; where[p].add(i)
    merges = []
    while len(merges) < n_merges:
        p = max(pairs, key=lambda k: (pairs[k], k)); merges.append(p); ab = p[0] + p[1]
        for i in list(where[p]):
            w, c = words[i]
            for q in zip(w, w[1:]): pairs[q] -= c
            o, j = [], 0
            while j < len(w):
                if j + 1 < len(w) and (w[j], w[j+1]) == p: o.append(ab); j += 2
                else: o.append(w[j]); j += 1
            words[i] = (o, c)
            for q in zip(o, o[1:]): pairs[q] += c; where[q].add(i)
        del pairs[p]
    return merges

class Tok:
    def __init__(s, merges):
        s.merges = merges; s.rank = {m: i for i, m in enumerate(merges)}
        s.toks = SPECIAL + B2 + [a + b for a, b in merges]; s.id = {t: i for i, t in enumerate(s.toks)}; s.cache = {}
    def word(s, w):
        if w in s.cache: return s.cache[w]
        x = list(w)
        while len(x) > 1:
            r, i = min((s.rank.get((x[i], x[i+1]), 1 << 30), i) for i in range(len(x) - 1))
            if r == 1 << 30: break
            x[i:i+2] = [x[i] + x[i+1]]
        r = [s.id[t] for t in x]
        if len(s.cache) < 200000: s.cache[w] = r
        return r
    def enc(s, text): return [t for w in pre(text) for t in s.word(w)]
    def chat(s, system, turns):
        """-> ids, mask (1 where the token is to be predicted: answers and their <|im_end|>)"""
        ids, m = [], []
        def add(x, k): ids.extend(x); m.extend([k] * len(x))
        if system: add([1] + s.enc("system\n" + system) + [2] + s.enc("\n"), 0)
        head = s.enc("assistant\n")
        for q, a in turns:
            add([1] + s.enc("user\n" + q) + [2] + s.enc("\n") + [1] + head, 0)
            full = s.enc("assistant\n" + a); assert full[:len(head)] == head, a
            add(full[len(head):] + [2], 1); add(s.enc("\n"), 0)
        return ids[:CTX], m[:CTX]

# ---------------------------------------------------------------- model (llama: RMSNorm, RoPE, SwiGLU, tied embeddings)
# fp32 weights and residual stream, bf16 matrix products (3 times faster on CPUs with AVX512-BF16).  The RMSNorm gains stay 1.
# RoPE here rotates the pairs (i, i + HD/2); GGUF's llama arch rotates (2i, 2i+1), so export() permutes the rows of q and k.
bf = lambda x: x.bfloat16()
class RMS(torch.autograd.Function):
    @staticmethod
    def forward(c, x):
        r = torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS); y = x * r; c.save_for_backward(y, r); return y
    @staticmethod
    def backward(c, g):
        y, r = c.saved_tensors; return (g - y * (g * y).mean(-1, keepdim=True)) * r
class Block(nn.Module):
    def __init__(s):
        super().__init__(); W = lambda o, i, k=1.0: nn.Parameter(torch.randn(o, i) * k / math.sqrt(i))
        s.q, s.k, s.v, s.o = W(D, D), W(D, D), W(D, D), W(D, D, .1); s.g, s.u, s.d = W(FF, D), W(FF, D), W(D, FF, .1)
    def forward(s, x, cos, sin, mask):
        B, T, _ = x.shape; q, k, v = F.linear(bf(RMS.apply(x)), bf(torch.cat([s.q * HD ** -0.5, s.k, s.v]))).view(B, T, 3, H, HD).permute(2, 0, 3, 1, 4)
        def rope(z): a, b = z.chunk(2, -1); return z * cos + torch.cat([b, a], -1) * sin
        att = rope(q) @ rope(k).transpose(-1, -2) + mask
        x = x + F.linear((att.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D), bf(s.o)).float()
        g, u = F.linear(bf(RMS.apply(x)), bf(torch.cat([s.g, s.u]))).chunk(2, -1)
        return x + F.linear(F.silu(g) * u, bf(s.d)).float()
class Model(nn.Module):
    def __init__(s):
        super().__init__(); s.emb = nn.Parameter(torch.randn(V, D) * 0.05); s.blocks = nn.ModuleList(Block() for _ in range(L))
        f = THETA ** (-torch.arange(0, HD, 2).float() / HD); a = torch.arange(CTX).float()[:, None] * f
        s.cos, s.sin = bf(torch.cat([a.cos(), a.cos()], -1)), bf(torch.cat([-a.sin(), a.sin()], -1))
        s.mask = bf(torch.triu(torch.full((CTX, CTX), -1e9), 1))
    def forward(s, ids):
        T = ids.shape[1]; x = F.embedding(ids, s.emb); c, n, m = s.cos[:T], s.sin[:T], s.mask[:T, :T]
        for b in s.blocks: x = b(x, c, n, m)
        return RMS.apply(x)

def zeropower(G, steps=4):   # Newton-Schulz orthogonalisation (Muon)
    X = bf(G / (G.flatten(1).norm(dim=1)[:, None, None] + 1e-7))
    for _ in range(steps):
        A = X @ X.transpose(1, 2); X = 3.4445 * X + (-4.7750 * A + 2.0315 * A @ A) @ X
    return X.float()
class Muon:
    def __init__(s, params, lr, mom=0.95):
        s.groups = collections.defaultdict(list); s.lr, s.mom = lr, mom
        for p in params: s.groups[tuple(sorted(p.shape))].append(p)
        s.buf = {id(p): torch.zeros_like(p) for p in params}
    @torch.no_grad()
    def step(s, k):
        for ps in s.groups.values():
            gs = []
            for p in ps:
                b = s.buf[id(p)]; b.lerp_(p.grad, 1 - s.mom); g = p.grad.lerp(b, s.mom); gs.append(g if g.shape[0] <= g.shape[1] else g.T)
            for p, o in zip(ps, zeropower(torch.stack(gs))):
                o = o if p.shape[0] <= p.shape[1] else o.T
                p.mul_(1 - s.lr * k * 0.05).add_(o, alpha=-s.lr * k * max(1, p.shape[0] / p.shape[1]) ** .5); p.grad = None

# ---------------------------------------------------------------- GGUF
def export(model, tok, path, qtype):
    S = lambda x: struct.pack("<Q", len(x.encode())) + x.encode()
    kv = []
    def add(k, t, v):
        e = {"s": lambda: struct.pack("<I", 8) + S(v), "u": lambda: struct.pack("<II", 4, v), "f": lambda: struct.pack("<If", 6, v), "b": lambda: struct.pack("<IB", 7, v),
             "as": lambda: struct.pack("<IIQ", 9, 8, len(v)) + b"".join(map(S, v)), "ai": lambda: struct.pack("<IIQ", 9, 5, len(v)) + struct.pack(f"<{len(v)}i", *v)}[t]()
        kv.append(S(k) + e)
    add("general.architecture", "s", "llama"); add("general.type", "s", "model"); add("general.name", "s", "Hydra Tiny"); add("general.basename", "s", "hydra-tiny"); add("general.size_label", "s", "2.4M")
    add("general.description", "s", "Demo chat model of the Hydra console, trained from scratch on generated template dialogues."); add("general.license", "s", "apache-2.0"); add("general.languages", "as", ["en", "zh"])
    for k, v in dict(context_length=CTX, embedding_length=D, block_count=L, feed_forward_length=FF, vocab_size=V).items(): add("llama." + k, "u", v)
    add("llama.attention.head_count", "u", H); add("llama.attention.head_count_kv", "u", H); add("llama.rope.dimension_count", "u", HD); add("llama.rope.freq_base", "f", THETA); add("llama.attention.layer_norm_rms_epsilon", "f", EPS)
    add("general.file_type", "u", 1 if qtype == "f16" else 7); add("general.quantization_version", "u", 2)
    add("tokenizer.ggml.model", "s", "gpt2"); add("tokenizer.ggml.pre", "s", "gpt-2"); add("tokenizer.ggml.tokens", "as", tok.toks); add("tokenizer.ggml.token_type", "ai", [3] * 3 + [1] * (V - 3))
    add("tokenizer.ggml.merges", "as", [a + " " + b for a, b in tok.merges]); add("tokenizer.ggml.bos_token_id", "u", 0); add("tokenizer.ggml.eos_token_id", "u", 2); add("tokenizer.ggml.eot_token_id", "u", 2); add("tokenizer.ggml.padding_token_id", "u", 0)
    add("tokenizer.ggml.add_bos_token", "b", 0)
    add("tokenizer.chat_template", "s", "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
    one = torch.ones(D); perm = lambda w: w.detach().view(H, 2, HD // 2, D).transpose(1, 2).reshape(D, D)
    T = [("token_embd.weight", model.emb), ("output_norm.weight", one)]
    for i, b in enumerate(model.blocks):
        T += [(f"blk.{i}.{n}.weight", w) for n, w in (("attn_norm", one), ("attn_q", perm(b.q)), ("attn_k", perm(b.k)), ("attn_v", b.v), ("attn_output", b.o), ("ffn_norm", one), ("ffn_gate", b.g), ("ffn_up", b.u), ("ffn_down", b.d))]
    info, data = b"", b""
    for name, w in T:
        a = w.detach().contiguous().numpy()
        if a.ndim == 1: ty, raw = 0, a.astype("<f4").tobytes()
        elif qtype == "f16": ty, raw = 1, a.astype("<f2").tobytes()
        else:
            x = a.reshape(-1, 32); d = (np.abs(x).max(1) / 127).astype("<f2"); q = np.round(x / np.maximum(d.astype("f4"), 1e-12)[:, None]).clip(-127, 127).astype("i1")
            ty, raw = 8, np.concatenate([d[:, None].view("u1").reshape(-1, 2), q.view("u1")], 1).tobytes()
        info += S(name) + struct.pack("<I", a.ndim) + b"".join(struct.pack("<Q", n) for n in a.shape[::-1]) + struct.pack("<IQ", ty, len(data)); data += raw + b"\0" * (-len(raw) % 32)
    out = b"GGUF" + struct.pack("<IQQ", 3, len(T), len(kv)) + b"".join(kv) + info
    open(path, "wb").write(out + b"\0" * (-len(out) % 32) + data)

# ---------------------------------------------------------------- training
def batches(tok, seed):
    g = Gen(seed, args.late); r = random.Random(seed)
    while True:
        P = sorted((tok.chat(*g.conv()) for _ in range(6000)), key=lambda x: len(x[0])); bs, cur = [], []
        for x in P:
            if cur and (len(cur) + 1) * len(x[0]) > args.tokens: bs.append(cur); cur = []
            cur.append(x)
        r.shuffle(bs)
        for b in bs:
            T = max(len(x[0]) for x in b); ids = torch.zeros(len(b), T, dtype=torch.long); m = torch.zeros(len(b), T, dtype=torch.bool)
            for i, (x, k) in enumerate(b): ids[i, :len(x)] = torch.tensor(x); m[i, :len(k)] = torch.tensor(k, dtype=torch.bool)
            yield ids, m

def main():
    t0 = time.time()
    if args.resume: ck = torch.load(args.resume); tok = Tok(ck["merges"])
    else: tok = Tok(train_bpe(V - 259))
    model = Model()
    if args.resume: model.load_state_dict(ck["model"])
    n = sum(p.numel() for p in model.parameters()); print(f"params {n}, vocab {len(tok.toks)}, tokenizer {time.time()-t0:.1f}s", flush=True)
    if not args.export_only:
        mats = list(model.blocks.parameters())
        mu = Muon(mats, args.lr); ad = torch.optim.AdamW([model.emb], lr=args.elr, betas=(.9, .98), weight_decay=0.0); base = [g["lr"] for g in ad.param_groups]
        it = batches(tok, args.seed + (7777 if args.resume else 0)); seen = sup = 0; avg = None; t1 = time.time()
        for step in range(1, args.steps + 1):
            k = min(1, step / 50, max(0.02, (args.steps - step) / (args.warmdown * args.steps)))   # warm-up, constant, linear warm-down
            ids, m = next(it); sel = m[:, 1:]; h = model(ids[:, :-1])[sel]
            loss = F.cross_entropy((bf(h) @ bf(model.emb).T).float(), ids[:, 1:][sel]); loss.backward()
            for g, b in zip(ad.param_groups, base): g["lr"] = b * k
            ad.step(); ad.zero_grad(); mu.step(k)
            seen += ids.numel(); sup += int(sel.sum()); avg = loss.item() if avg is None else .98 * avg + .02 * loss.item()
            if step % 25 == 0: print(f"step {step} loss {avg:.4f} tok {seen/1e6:.2f}M answer-tok {sup/1e6:.2f}M {seen/(time.time()-t1):.0f} tok/s {time.time()-t1:.0f}s", flush=True)
            if step % args.every == 0 or step in (args.steps, args.stop):
                torch.save(dict(model=model.state_dict(), merges=tok.merges, step=step, loss=avg), args.ckpt); export(model, tok, args.out, args.type)
            if step == args.stop: break
    export(model, tok, args.out, args.type); print(f"done {time.time()-t0:.0f}s", flush=True)
if __name__ == "__main__": main()
