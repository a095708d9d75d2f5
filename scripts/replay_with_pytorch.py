#!/usr/bin/env python3
"""Trains with PyTorch what `pretrain debug.replay=N` recorded, and compares NLL and gradient norm step by step.

    replay_with_pytorch.py runs/NAME

Needs torch, transformers and safetensors. Reads the initial weights and the batches in runs/NAME/replay, the settings in
runs/NAME/config.json and our figures in runs/NAME/metrics.jsonl. Exit code 1 if a figure is off by more than 1e-3.
"""
import json
import math
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-3


def setting(config, name, default):
    return float(config.get(name, default))


def main(run):
    config = json.loads((run / "config.json").read_text())
    ours = [m for m in map(json.loads, (run / "metrics.jsonl").read_text().splitlines()) if m["split"] == "train"]
    batches = load_file(run / "replay" / "batches.safetensors")
    model = AutoModelForCausalLM.from_pretrained(run / "replay" / "initial", dtype=torch.float32,
                                                 attn_implementation="eager")
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    beta, head, tail = (setting(config, "objective." + k, 0) for k in ("beta", "lambda-head", "lambda-tail"))
    k = int(setting(config, "objective.k", 100))
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": setting(config, "optimizer.weight-decay", 0.1)},
         {"params": vectors, "weight_decay": 0.0}],
        betas=(setting(config, "optimizer.beta1", 0.9), setting(config, "optimizer.beta2", 0.95)),
        eps=setting(config, "optimizer.eps", 1e-8))
    clip = setting(config, "optimizer.clip", 1.0)
    worst_nll = worst_norm = 0.0
    steps = min(len(ours), batches["inputs"].shape[0])
    for step in range(steps):
        tokens, targets = batches["inputs"][step], batches["targets"][step]
        positions, starts = batches["positions"][step], batches["starts"][step]
        length = tokens.shape[1]
        key = torch.arange(length)
        visible = (key[None, None, :] <= key[None, :, None]) & (key[None, None, :] >= starts[:, :, None])
        mask = torch.zeros(visible.shape).masked_fill(~visible, torch.finfo(torch.float32).min)[:, None]
        logits = model(tokens, attention_mask=mask, position_ids=positions).logits
        logp = torch.log_softmax(logits, -1)
        counted = targets >= 0
        safe = targets.clamp(min=0)
        nll = -logp.gather(-1, safe[..., None])[..., 0][counted].mean()
        p = logp.exp()
        with torch.no_grad():
            reward = torch.full_like(p, tail)
            reward.scatter_(-1, logits.topk(min(k, p.shape[-1]), -1).indices, head)
            px = p.gather(-1, safe[..., None])
            others = (1 - px).clamp(min=1e-6)
            reward.scatter_(-1, safe[..., None], others ** beta / px)
        loss = -(p * reward).sum(-1)[counted].sum() / counted.sum()
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip if clip > 0 else math.inf).item()
        for group in optimizer.param_groups:
            group["lr"] = ours[step]["lr"]
        optimizer.step()
        d_nll, d_norm = abs(nll.item() - ours[step]["nll"]), abs(norm - ours[step]["grad_norm"])
        worst_nll, worst_norm = max(worst_nll, d_nll), max(worst_norm, d_norm / max(1, norm))
        if step % 10 == 0 or step == steps - 1:
            print(f"step {step + 1}: nll {nll.item():.6f} ours {ours[step]['nll']:.6f}, "
                  f"gradient norm {norm:.5f} ours {ours[step]['grad_norm']:.5f}")
    print(f"{steps} steps: largest difference of NLL {worst_nll:.2e}, of the gradient norm (relative) {worst_norm:.2e}")
    return 0 if max(worst_nll, worst_norm) <= TOLERANCE else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
