#!/usr/bin/env python3
"""Trains with PyTorch on the same card what scripts/gpu-check timed, and sets the tokens per second side by side.

    gpu_check_beside_pytorch.py [FOLDER, default gpu-check] [--device cuda]

Needs torch. Reads FOLDER/gpu-check.json, whose steps `throughput-…` name models, batches and lengths; leaves
FOLDER/pytorch.json and FOLDER/pytorch.md. PyTorch trains in FP32 (eager, no TF32) and under BF16 autocast (compiled), both
with its fused AdamW and its own attention; it keeps all activations even where our step computes them again.
"""
import argparse
import gc
import json
import statistics
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

WARMUP, STEPS = 3, 10
FP32, BF16 = "FP32 eager", "BF16 compiled"
# For each way of multiplying: what PyTorch is compared, and the share of its speed that we aim for.
RIVALS = {"fp32": (FP32, 0.5), "cublas-fp32": (FP32, 0.5), "fp16": (BF16, 0.3), "cublas": (BF16, 0.7)}


class RMSNorm(nn.RMSNorm):
    """With weights in the numbers of what it gets, for which PyTorch has one kernel."""

    def __init__(self, width):
        super().__init__(width, eps=1e-6)

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.eps)


class Block(nn.Module):
    """RMSNorm, grouped-query attention with RoPE, RMSNorm, SwiGLU."""

    def __init__(self, m):
        super().__init__()
        self.heads, self.groups, self.head = m["heads"], m["kv-heads"], m["head-width"]
        width, q, kv = m["width"], m["heads"] * m["head-width"], m["kv-heads"] * m["head-width"]
        self.norm1, self.norm2 = RMSNorm(width), RMSNorm(width)
        self.qk_norms = nn.ModuleList(RMSNorm(self.head) for _ in range(2)) if m["qk-norm"] else None
        self.qkv = nn.Linear(width, q + 2 * kv, bias=False)
        self.o = nn.Linear(q, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * m["ffn"], bias=False)
        self.down = nn.Linear(m["ffn"], width, bias=False)

    def forward(self, x, cosines, sines):
        batch, length, _ = x.shape
        heads = self.qkv(self.norm1(x)).view(batch, length, self.heads + 2 * self.groups, self.head)
        q, k, v = heads.split((self.heads, self.groups, self.groups), dim=2)
        if self.qk_norms is not None:
            q, k = self.qk_norms[0](q), self.qk_norms[1](k)
        q, k, v = (t.transpose(1, 2) for t in (q, k, v))
        q, k = (self.turned(t, cosines, sines).to(v.dtype) for t in (q, k))
        k, v = (t.repeat_interleave(self.heads // self.groups, dim=1) for t in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(batch, length, -1))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)

    @staticmethod
    def turned(x, cosines, sines):
        a, b = x.chunk(2, dim=-1)
        return x * cosines + torch.cat((-b, a), dim=-1) * sines


class Decoder(nn.Module):
    def __init__(self, m, length):
        super().__init__()
        self.embedding = nn.Embedding(m["vocabulary"], m["width"])
        self.blocks = nn.ModuleList(Block(m) for _ in range(m["layers"]))
        self.norm = RMSNorm(m["width"])
        turns = 1e4 ** (-torch.arange(0, m["head-width"], 2) / m["head-width"])
        angles = torch.outer(torch.arange(length), turns).repeat(1, 2)
        self.register_buffer("cosines", angles.cos())
        self.register_buffer("sines", angles.sin())
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens, targets):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines)
        logits = F.linear(self.norm(x), self.embedding.weight)
        return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def work(command):
    """The model, batch and length of a line `bench train name=value …`, and its other settings."""
    settings = dict(word.split("=", 1) for word in command.split() if "=" in word)
    model = {"vocabulary": 257, "qk-norm": True}
    model.update(json.loads((Path(__file__).parent.parent / settings["model"]).read_text()))
    model.update({name[6:]: json.loads(value) for name, value in settings.items() if name.startswith("model.")})
    return model, int(settings["batch"]), int(settings["length"]), settings


def measured(model, batch, length, how, device):
    """Milliseconds of a step."""
    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    torch.manual_seed(1)
    net = Decoder(model, length).to(device)
    step = torch.compile(net) if how == BF16 else net
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in net.parameters() if p.dim() >= 2], "weight_decay": 0.1},
         {"params": [p for p in net.parameters() if p.dim() < 2], "weight_decay": 0.0}],
        lr=3e-4, betas=(0.9, 0.95), fused=True)
    milliseconds = []
    for _ in range(WARMUP + STEPS):
        tokens = torch.randint(0, model["vocabulary"], (batch, length + 1))
        wait()
        begin = time.perf_counter()
        tokens = tokens.to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=how == BF16):
            loss = step(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
        wait()
        milliseconds.append(1e3 * (time.perf_counter() - begin))
    return {"parameters": sum(p.numel() for p in net.parameters()), "loss": loss.item(),
            "ms_per_step": statistics.median(milliseconds[WARMUP:]), "ms_per_step_min": min(milliseconds[WARMUP:]),
            "ms_per_step_max": max(milliseconds[WARMUP:]), "warmup_seconds": sum(milliseconds[:WARMUP]) / 1e3}


def rival(line, how, device):
    """PyTorch's figures for a command of ours, or why there are none."""
    model, batch, length, _ = work(line)
    try:
        figures = measured(model, batch, length, how, device)
        figures["tokens_per_second"] = 1e3 * batch * length / figures["ms_per_step"]
    except Exception as e:  # one that cannot be compiled or has no room shall not end the others
        figures = {"message": f"{type(e).__name__}: {e}".splitlines()[0]}
    gc.collect()
    torch._dynamo.reset()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="gpu-check", type=Path)
    parser.add_argument("--device", default="cuda", type=torch.device)
    arguments = parser.parse_args()
    report = arguments.folder / "gpu-check.json"
    if not report.is_file():
        raise SystemExit(f"{report} is missing: run scripts/gpu-check first")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    ours = [s for s in json.loads(report.read_text())["steps"]
            if s["name"].startswith("throughput") and "tokens_per_second" in s.get("result", {})]
    known, rows = {}, []
    name = torch.cuda.get_device_name(arguments.device) if arguments.device.type == "cuda" else "CPU"
    page = [f"# Beside PyTorch {torch.__version__} on {name}", "",
            "| step | tokens/s | PyTorch | tokens/s | ratio | aim |", "| --- | --- | --- | --- | --- | --- |"]
    for step in ours:
        how, aim = RIVALS[work(step["command"])[3]["device.matmul"]]
        key = json.dumps(work(step["command"])[:3]) + how
        if key not in known:
            known[key] = rival(step["command"], how, arguments.device)
        theirs, speed = known[key], step["result"]["tokens_per_second"]
        there = theirs.get("tokens_per_second")
        rows.append({"step": step["name"], "tokens_per_second": speed, "parameters": step["result"]["parameters"],
                     "rival": how, "pytorch": theirs, "ratio": speed / there if there else None, "aim": aim})
        page.append(f"| {step['name']} | {speed:.0f} | {how} | "
                    + (f"{there:.0f} | {speed / there:.2f}" if there else f"{theirs['message']} | -") + f" | {aim} |")
        print(page[-1], flush=True)
        result = {"torch": torch.__version__, "device": name, "steps": rows}
        (arguments.folder / "pytorch.json").write_text(json.dumps(result, indent=2) + "\n")
        (arguments.folder / "pytorch.md").write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    main()
