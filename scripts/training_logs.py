#!/usr/bin/env python3
"""Writes 100,000 lines of training logs, to look for false findings in them.

Usage: scripts/training_logs.py FOLDER [LINES]

`loop.log` comes from a real run: a small network trained in pure Python, printing what
training scripts print. The others are written from the documented formats of their
programs, with varying content: `nccl.log` (NCCL_DEBUG=INFO), `torchrun.log` (torch
elastic), `kubelet.log` (klog header), `progress.log` (tqdm bars, Lightning and
transformers dictionaries). There is no personal data in any of them: private addresses,
system users and random identifiers only, so every finding is a wrong one.
"""
import math
import os
import random
import sys
import time

RANDOM = random.Random(11)


def hexes(count):
    return "".join(RANDOM.choice("0123456789abcdef") for _ in range(count))


def stamp(seconds, form="%Y-%m-%d %H:%M:%S"):
    return time.strftime(form, time.gmtime(1_790_000_000 + seconds))


def address():
    return f"10.{RANDOM.randrange(256)}.{RANDOM.randrange(256)}.{RANDOM.randrange(1, 255)}"


def loop(lines):
    """Trains y = sin(3x) with eight hidden units, and prints like a training script."""
    hidden = [[RANDOM.gauss(0, 1), RANDOM.gauss(0, 1), RANDOM.gauss(0, 0.3)] for _ in range(8)]
    rate, step, start = 0.05, 0, time.time()
    yield "Namespace(batch_size=32, lr=0.05, hidden=8, seed=11, device='cpu', log_interval=1, resume=None)"
    yield "Net(\n  (fc1): Linear(in_features=1, out_features=8, bias=True)\n  (fc2): Linear(in_features=8, out_features=1, bias=False)\n)"
    while step < lines:
        epoch, batch = divmod(step, 1000)
        x = RANDOM.uniform(-1, 1)
        target = math.sin(3 * x)
        acts = [math.tanh(w * x + b) for w, b, _ in hidden]
        error = sum(unit[2] * act for unit, act in zip(hidden, acts)) - target
        norm = 0.0
        for unit, act in zip(hidden, acts):
            grads = (error * unit[2] * (1 - act * act) * x, error * unit[2] * (1 - act * act), error * act)
            norm += sum(grad * grad for grad in grads)
            for at, grad in enumerate(grads):
                unit[at] -= rate * grad
        loss, norm, took = error * error, math.sqrt(norm), time.time() - start
        form = step % 8
        if form == 0:
            yield f"Train Epoch: {epoch} [{batch * 32}/32000 ({batch / 10:.0f}%)]\tLoss: {loss:.6f}"
        elif form == 1:
            yield f"epoch {epoch:3d} | step {step:6d} | loss {loss:.4e} | grad_norm {norm:.6f} | lr {rate * 0.999 ** epoch:.8f} | {took:.3f}s"
        elif form == 2:
            yield f"{{'loss': {loss!r}, 'grad_norm': {norm!r}, 'learning_rate': {rate!r}, 'epoch': {epoch + batch / 1000}}}"
        elif form == 3:
            yield f"weights: tensor([[{', '.join(f'{unit[0]:.16f}' for unit in hidden)}]])"
        elif form == 4:
            yield f"[{stamp(step)},{RANDOM.randrange(1000):03d}][train][INFO] - iter={step} loss={loss:.17g} elapsed={took:.9f} t_ns={time.time_ns()}"
        elif form == 5:
            yield f"Test set: Average loss: {loss:.4f}, Accuracy: {RANDOM.randrange(10000)}/10000 ({RANDOM.randrange(100)}%) seed={RANDOM.getrandbits(64)}"
        elif form == 6:
            yield f"saved checkpoint runs/exp_{hexes(8)}/step={step:08d}-val_loss={loss:.4f}.ckpt sha256:{hexes(64)} ({RANDOM.randrange(10**9)} bytes)"
        else:
            yield f"bias {[unit[1] for unit in hidden]} id(model)={id(hidden)} hash={hash((step, loss))}"
        step += 1


def nccl(lines):
    for step in range(lines):
        rank, host, pid = RANDOM.randrange(64), f"gpu-{RANDOM.randrange(32)}", RANDOM.randrange(1000, 99999)
        head = f"{host}:{pid}:{pid + RANDOM.randrange(900)} [{rank % 8}] NCCL INFO "
        yield head + RANDOM.choice([
            f"Bootstrap : Using eth0:{address()}<0>",
            f"NET/IB : Using [0]mlx5_{RANDOM.randrange(8)}:1/IB/SHARP [RO]; OOB eth0:{address()}<0>",
            f"Channel {RANDOM.randrange(16):02d}/0 : {rank}[{rank % 8}] -> {(rank + 1) % 64}[{(rank + 1) % 8}] via P2P/CUMEM/read",
            f"comm 0x{hexes(12)} rank {rank} nranks 64 cudaDev {rank % 8} nvmlDev {rank % 8} busId {hexes(2)}000 commId 0x{hexes(16)} - Init COMPLETE",
            f"Trees [0] {rank}/-1/-1->{rank + 1}->{rank - 1} [1] {rank}/-1/-1->{rank + 1}->{rank - 1}",
            f"AllReduce: opCount {step:x} sendbuff 0x7f{hexes(10)} recvbuff 0x7f{hexes(10)} count {RANDOM.randrange(10**8)} datatype 7 op 0 root 0 comm 0x{hexes(12)} [nranks=64] stream 0x{hexes(12)}",
            f"Setting affinity for GPU {rank % 8} to {hexes(8)},{hexes(8)},{hexes(8)},{hexes(8)}",
            f"NCCL_SOCKET_IFNAME set by environment to eth0; threadThresholds 8/8/64 | 512/8/64 | 512 | 512",
            f"P2P Chunksize set to {RANDOM.choice([131072, 262144, 524288])}; 24 coll channels, 32 p2p channels",
        ])


def torchrun(lines):
    for step in range(lines):
        rank, port = RANDOM.randrange(64), RANDOM.randrange(20000, 60000)
        yield RANDOM.choice([
            f"[rank{rank}]:[W{stamp(step, '%m%d %H:%M:%S')}.{RANDOM.randrange(10**9):09d} ProcessGroupNCCL.cpp:{RANDOM.randrange(4000)}] Warning: using GPU {rank % 8} as device used by this process is currently unknown.",
            f"W{stamp(step, '%m%d %H:%M:%S')}.{RANDOM.randrange(10**6):06d} {RANDOM.randrange(10**15)} torch/distributed/run.py:{RANDOM.randrange(900)}] Setting OMP_NUM_THREADS environment variable for each process to be 1 in default",
            f"[I{stamp(step, '%y%m%d %H:%M:%S')} api.py:{RANDOM.randrange(999)}] [default] starting workers for entrypoint: train.py rdzv_id={hexes(32)} master_addr={address()} master_port={port}",
            f"[I{stamp(step, '%y%m%d %H:%M:%S')} api.py:{RANDOM.randrange(999)}] restart_count=0 group_rank={rank // 8} local_ranks=[0, 1, 2, 3, 4, 5, 6, 7] role_world_sizes=[64, 64] global_world_sizes=[64, 64]",
            f"torch.distributed.elastic.multiprocessing.errors.ChildFailedError: exitcode : {-RANDOM.randrange(16)} (pid: {RANDOM.randrange(99999)}) of binary: /opt/conda/bin/python",
            f"time      : {stamp(step, '%Y-%m-%d_%H:%M:%S')} host : gpu-{RANDOM.randrange(64)} rank : {rank} (local_rank: {rank % 8})",
            f'  File "/opt/conda/lib/python3.11/site-packages/torch/nn/modules/module.py", line {RANDOM.randrange(2000)}, in _call_impl',
            f"RuntimeError: CUDA out of memory. Tried to allocate {RANDOM.randrange(9999)}.00 MiB (GPU {rank % 8}; 79.15 GiB total capacity; {RANDOM.randrange(79)}.{RANDOM.randrange(99)} GiB already allocated)",
            f"tokenizer: vocab_size=32000 bos_token_id=1 eos_token_id=2 pad_token='<pad>' max_tokens={RANDOM.randrange(4096)} tokens={RANDOM.randrange(10**10)}",
        ])


def kubelet(lines):
    for step in range(lines):
        pod = f"trainer-{hexes(9)}-{''.join(RANDOM.choice('bcdfghjklmnpqrstvwxz2456789') for _ in range(5))}"
        uid = f"{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}"
        head = f"{RANDOM.choice('IIIWE')}{stamp(step, '%m%d %H:%M:%S')}.{RANDOM.randrange(10**6):06d} {RANDOM.randrange(900, 99999):7d} "
        yield head + RANDOM.choice([
            f'kubelet.go:{RANDOM.randrange(3000)}] "SyncLoop (PLEG): event for pod" pod="ml/{pod}" event={{"ID":"{uid}","Type":"ContainerStarted","Data":"{hexes(64)}"}}',
            f'reconciler_common.go:{RANDOM.randrange(400)}] "operationExecutor.VerifyControllerAttachedVolume started for volume \\"kube-api-access-{hexes(5)}\\" (UniqueName: \\"kubernetes.io/projected/{uid}-kube-api-access-{hexes(5)}\\") pod \\"{pod}\\" (UID: \\"{uid}\\") " pod="ml/{pod}"',
            f'pod_startup_latency_tracker.go:{RANDOM.randrange(200)}] "Observed pod startup duration" pod="ml/{pod}" podStartSLOduration={RANDOM.random() * 100:.9f} podStartE2EDuration="{RANDOM.random() * 100:.9f}s" podCreationTimestamp="{stamp(step)} +0000 UTC" firstStartedPulling="{stamp(step)}.{RANDOM.randrange(10**9):09d} +0000 UTC m=+{RANDOM.random() * 10**6:.9f}"',
            f'prober.go:{RANDOM.randrange(200)}] "Probe failed" probeType="Readiness" pod="ml/{pod}" podUID="{uid}" containerName="main" probeResult="failure" output="Get \\"http://{address()}:8080/healthz\\": dial tcp {address()}:8080: connect: connection refused"',
            f'scope.go:{RANDOM.randrange(200)}] "RemoveContainer" containerID="{hexes(64)}"',
            f'kuberuntime_manager.go:{RANDOM.randrange(1500)}] "Failed to pull image" err="rpc error: code = NotFound" image="registry.local/ml/train@sha256:{hexes(64)}"',
            f'manager.go:{RANDOM.randrange(1500)}] "Failed to retrieve checkpoint" checkpoint="kubelet_internal_checkpoint" err="checkpoint is not found"',
            f'csi_plugin.go:{RANDOM.randrange(400)}] kubernetes.io/csi: Register new plugin with name: csi.example.com at endpoint: /var/lib/kubelet/plugins/csi/csi.sock',
        ])


def progress(lines):
    for step in range(lines):
        done = step % 100
        yield RANDOM.choice([
            f"Epoch {step // 100}: {done:3d}%|{'█' * (done // 10)}{' ' * (10 - done // 10)}| {done * 12}/1200 [{done // 60:02d}:{done % 60:02d}<{RANDOM.randrange(60):02d}:{RANDOM.randrange(60):02d}, {RANDOM.random() * 40:.2f}it/s, v_num={RANDOM.randrange(99)}, train_loss={RANDOM.random():.3f}]",
            f"{{'eval_loss': {RANDOM.random()}, 'eval_runtime': {RANDOM.random() * 99:.4f}, 'eval_samples_per_second': {RANDOM.random() * 999:.3f}, 'epoch': {RANDOM.random() * 9:.2f}}}",
            f"wandb: Run summary: train/loss {RANDOM.random():.5f} train/global_step {RANDOM.randrange(10**6)} _timestamp {1_790_000_000 + step}.{RANDOM.randrange(10**7):07d}",
            f"INFO:ray.tune: trial_{hexes(5)}_{RANDOM.randrange(99999):05d} RUNNING {address()}:{RANDOM.randrange(99999)} lr={RANDOM.random() * 1e-3:.10f} iter={RANDOM.randrange(999)} total_time_s={RANDOM.random() * 9999:.4f}",
            f"[{stamp(step)}] INFO data/loader.py: shard {RANDOM.randrange(10**4):05d}-of-10000.tar: {RANDOM.randrange(10**5)} samples, md5 {hexes(32)}, {RANDOM.randrange(10**12)} bytes",
            f"| {RANDOM.randrange(9)} | layers.{RANDOM.randrange(80)}.attention.wq | Linear | {RANDOM.random() * 90:.1f} M | {RANDOM.randrange(10**9):,} params",
            f"GPU {RANDOM.randrange(8)}: util={RANDOM.randrange(100)}% mem={RANDOM.randrange(81920)}/81920MiB temp={RANDOM.randrange(30, 90)}C power={RANDOM.random() * 700:.2f}W uuid=GPU-{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}",
            f"steps={step} samples_per_sec={RANDOM.random() * 10**5:.10f} tflops={RANDOM.random() * 500:.6f} loss_scale={2 ** RANDOM.randrange(8, 24)}.0 key=layers.{RANDOM.randrange(80)}.weight shape=torch.Size([{RANDOM.randrange(9999)}, {RANDOM.randrange(9999)}])",
        ])


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder, lines = sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 100_000
    os.makedirs(folder, exist_ok=True)
    for writer in (loop, nccl, torchrun, kubelet, progress):
        with open(os.path.join(folder, writer.__name__ + ".log"), "w", encoding="utf-8") as out:
            for line in writer(lines // 5):
                out.write(line + "\n")


if __name__ == "__main__":
    main()
