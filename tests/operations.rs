//! What operators search for stays: lines of schedulers, trainers, proxies and tracers come out as they went in.
//!
//! The lines are written after the documented formats of their programs, with invented values: kubelet and
//! Kubernetes events (klog, `kubectl get events`), containerd, systemd and journald, nginx and Envoy, the
//! OpenTelemetry log data model and W3C trace context, NCCL, torchrun, Spark, Ray, Slurm, git and CI systems.
//! `PRIVATE` has the lines of which `hipaa` takes something, with the reason.

use hushlog::Engine;

/// Left alone by `standard`, and by `hipaa` with all packs.
const KEPT: &[&str] = &[
    // OpenTelemetry and W3C trace context
    r#"{"Timestamp":"1790000000123456789","TraceId":"5b8efff798038103d269b633813fc60c","SpanId":"eee19b7ec3c1b174","SeverityText":"INFO","Body":"batch done"}"#,
    r#"{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","parent_span_id":"53995c3f42cd8ad8","trace_flags":"01"}"#,
    r#"{"traceId":"11112222333344445555666677778888","spanId":"1111222233334444","startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000250000000"}"#,
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate: rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    "trace_id=12345678901234567890123456789012 span_id=1234567890123456 dd.trace_id=4611686018427387904 dd.span_id=7311686018427387904",
    r#"resource={"service.name":"checkout","service.version":"1.14.2","service.instance.id":"627cc493-f310-47de-96bd-71410b7dec09","telemetry.sdk.version":"1.27.0"}"#,
    r#"{"k8s.namespace.name":"ml","k8s.pod.name":"trainer-6d4b75cb6d-hx2kq","k8s.pod.uid":"275ecb36-5aa8-4c2a-9c47-d8bb681b9aff","k8s.node.name":"gpu-node-17","k8s.container.restart_count":3}"#,
    r#"{"container.id":"a3bf90e006b2f1c0d9e8a7b6c5d4e3f2a1b0c9d8e7f60123456789abcdef0123","container.image.name":"registry.local/ml/train","container.image.tag":"2026.03.1"}"#,
    r#"{"http.request.method":"GET","http.route":"/v1/items/{id}","http.response.status_code":200,"server.port":8443,"http.request.body.size":9434765919}"#,
    "X-Request-ID: 7b3bf470-9456-11e8-9eb6-529269fb1459",
    "x-b3-traceid: 463ac35c9f6413ad48485a3953bb6124 x-b3-spanid: a2fb4a1d1a96d312 x-b3-sampled: 1",
    "x-amzn-trace-id: Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1",
    "request_id=req-01HZX5T9K3QW8V7N6M5P4R2S1T correlation_id=01890a5d-ac96-774b-bcce-b302099a8057 elapsed_ms=250",
    // the JVM, compilers, nodes of clusters, versions of four parts
    "[GC pause (G1 Evacuation Pause) (young), 0.0123456 secs] [Times: user=0.12 sys=0.01, real=0.01 secs]",
    "[0.512s][info][gc,cpu] GC(0) User=0.02s Sys=0.00s Real=0.01s",
    "cpu: user: 12.3% system: 4.5% idle: 83.2%",
    "src/a.cc:12:3: note: candidate function not viable: requires 2 arguments",
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    "messages: 12 consumed, 3 failed; content: 1234 bytes read",
    "connected to rabbit@rabbitmq-0.rabbitmq.default.svc.cluster.local",
    "kernel 5.15.0.91, OpenSSL 1.1.1.23, jdk 11.0.20.1, nvcc 12.2.140.1, see section 1.2.3.4",
    "access_key: not set, credentials: not found",
    // kubelet, events, containerd
    r#"I0301 10:15:00.123456    1234 kubelet.go:2453] "SyncLoop ADD" source="api" pods=["ml/trainer-6d4b75cb6d-hx2kq"]"#,
    r#"I0301 10:15:00.123456 123456789012345 reconciler_common.go:258] "operationExecutor.UnmountVolume started for volume \"data\" (UniqueName: \"kubernetes.io/csi/csi.example.com^vol-0a1b2c3d4e5f60718\") pod \"275ecb36-5aa8-4c2a-9c47-d8bb681b9aff\"""#,
    r#"E0301 10:15:00.000001    1234 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \"StartContainer\" for \"main\" with CrashLoopBackOff: \"back-off 5m0s restarting failed container=main pod=trainer-0_ml(275ecb36-5aa8-4c2a-9c47-d8bb681b9aff)\"" pod="ml/trainer-0" podUID="275ecb36-5aa8-4c2a-9c47-d8bb681b9aff""#,
    r#"I0301 10:15:00.123456    1234 pod_startup_latency_tracker.go:104] "Observed pod startup duration" pod="ml/trainer-0" podStartSLOduration=12.345678901 podStartE2EDuration="12.345678901s""#,
    r#"I0301 10:15:00.123456    1234 scope.go:117] "RemoveContainer" containerID="a3bf90e006b2f1c0d9e8a7b6c5d4e3f2a1b0c9d8e7f60123456789abcdef0123""#,
    r#"Pulled image "registry.local/ml/train@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" in 12.3s (12.3s including waiting). Image size: 11144477735 bytes."#,
    "2m15s       Warning   FailedScheduling   pod/trainer-6d4b75cb6d-hx2kq   0/48 nodes are available: 40 Insufficient nvidia.com/gpu, 8 node(s) had untolerated taint {gpu: reserved}.",
    "3m          Normal    SuccessfulCreate   job/train-20260301-28491840   Created pod: train-20260301-28491840-7xq2z",
    "LAST SEEN   TYPE     REASON    OBJECT                            MESSAGE\n5s          Normal   Killing   pod/trainer-6d4b75cb6d-hx2kq      Stopping container main",
    r#"{"kind":"Event","apiVersion":"v1","metadata":{"name":"trainer-0.17a1b2c3d4e5f607","namespace":"ml","uid":"0c5a3f5e-8f0e-4c8e-9a53-1d2b3c4d5e6f","resourceVersion":"123456782"},"reason":"BackOff","count":17}"#,
    r#"time="2026-03-01T10:15:00.123456789Z" level=info msg="StartContainer for \"a3bf90e006b2f1c0d9e8a7b6c5d4e3f2a1b0c9d8e7f60123456789abcdef0123\" returns successfully""#,
    "cri-o: Created container a3bf90e006b2: ml/trainer-0/main id=5f0f3c8e-1111-4222-8333-444455556666 name=/runtime.v1.RuntimeService/CreateContainer",
    r#"audit: {"auditID":"8f9d1a52-2c1d-4c06-8c5b-7f3c1d1a2b3c","stage":"ResponseComplete","verb":"list","objectRef":{"resource":"pods","namespace":"ml"},"responseStatus":{"code":200}}"#,
    "persistentvolumeclaim/data-trainer-0 bound to pvc-0c5a3f5e-8f0e-4c8e-9a53-1d2b3c4d5e6f capacity=107374182400 storageClass=gp3",
    "node gpu-node-17 cordoned, 8 pods evicted, allocatable nvidia.com/gpu=8 memory=1056315908Ki ephemeral-storage=943476591900",
    // systemd, kernel
    "Mar  1 10:15:00 gpu-node-17 systemd[1]: Started session-1234.scope - Session 1234 of a unit.",
    "Mar  1 10:15:00 gpu-node-17 systemd[1]: containerd.service: Main process exited, code=killed, status=9/KILL",
    "Mar  1 10:15:00 gpu-node-17 systemd[1]: run-containerd-io.containerd.runtime.v2.task-k8s.io-a3bf90e006b2f1c0d9e8a7b6c5d4e3f2a1b0c9d8e7f60123456789abcdef0123-rootfs.mount: Deactivated successfully.",
    r#"{"__REALTIME_TIMESTAMP":"1790000000123456","__MONOTONIC_TIMESTAMP":"943476591912","_BOOT_ID":"a1b2c3d4e5f60718293a4b5c6d7e8f90","_MACHINE_ID":"0123456789abcdef0123456789abcdef","PRIORITY":"6","_PID":"812","_SYSTEMD_UNIT":"kubelet.service"}"#,
    "kernel: [1234567.890123] NVRM: Xid (PCI:0000:3b:00): 79, pid=812, name=python, GPU has fallen off the bus.",
    "kernel: [ 4123.123456] nvme nvme0: I/O 123 QID 4 timeout, completion polled",
    "kernel: Out of memory: Killed process 31337 (python) total-vm:943476591kB, anon-rss:123456782kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:4096kB oom_score_adj:1000",
    "systemd-coredump[4242]: Process 31337 (trainer) of a unit dumped core. Module libcudart.so.12 from build-id 5b8efff798038103d269b633813fc60c12345678",
    // proxies
    r#"2026/03/01 10:15:00 [error] 812#812: *9434765919 upstream timed out (110: Connection timed out) while reading response header from upstream, request: "GET /v1/items HTTP/1.1", upstream: "http://unix:/run/app.sock/v1/items""#,
    r#"{"time":"2026-03-01T10:15:00+00:00","status":200,"request_time":0.123,"upstream_response_time":"0.120","bytes_sent":11144477735,"connection":123456782,"request_id":"a1b2c3d4e5f60718293a4b5c6d7e8f90"}"#,
    r#"[2026-03-01T10:15:00.123Z] "GET /healthz HTTP/2" 200 - via_upstream - "-" 0 2 1 0 "-" "kube-probe/1.31" "7b3bf470-9456-41e8-9eb6-529269fb1459" "checkout.shop.svc.cluster.local:8443" outbound|8443||checkout.shop.svc.cluster.local"#,
    "GET /static/app.3f2a1b0c9d8e7f60.js?v=1.2.3.4&build=20260301101500 HTTP/1.1 200 1114447",
    "ETag: \"5f0f3c8e-1b2a3\" Last-Modified: Sun, 01 Mar 2026 10:15:00 GMT Content-Length: 9434765919 Age: 95",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.85 Safari/537.36",
    // trainers
    "gpu-17:4242:5151 [3] NCCL INFO comm 0x5581f0a3b2c0 rank 3 nranks 64 cudaDev 3 nvmlDev 3 busId 5d000 commId 0x8a7b6c5d4e3f2a1b - Init COMPLETE",
    "gpu-17:4242:5151 [3] NCCL INFO AllReduce: opCount 1f2e sendbuff 0x7f12a4000000 recvbuff 0x7f12a4000000 count 123456782 datatype 7 op 0 root 0 comm 0x5581f0a3b2c0 [nranks=64] stream 0x5581efb1a2d0",
    "[rank3]:[E301 10:15:00.123456789 ProcessGroupNCCL.cpp:616] [Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=9434765, OpType=ALLREDUCE, NumelIn=123456782, NumelOut=123456782, Timeout(ms)=600000) ran for 600029 milliseconds before timing out.",
    "W0301 10:15:00.123456 139712345678900 torch/distributed/run.py:793] Setting OMP_NUM_THREADS environment variable for each process to be 1 in default",
    "W0301 10:15:00.123456 784199011111111 torch/distributed/run.py:793] *****************************************",
    "[default] Starting worker group: rdzv_id=4bf92f3577b34da6a3ce929d0e0e4736 restart_count=0 master_port=29500 group_rank=1 local_ranks=[0, 1, 2, 3] role_world_sizes=[64, 64]",
    "iteration     1200/  500000 | consumed samples:      1228800 | elapsed time per iteration (ms): 12345.6 | learning rate: 1.500000E-04 | global batch size:  1024 | lm loss: 2.345678E+00 | loss scale: 1.0 | grad norm: 0.943 | number of skipped iterations:   0 |",
    "step=943476 loss=2.3456789012 grad_norm=0.12345678901 lr=0.00015 tokens=11144477735 tokens_per_sec=123456.782 mfu=0.4321 seed=4111111111111111",
    "saved checkpoint s3://bucket/runs/exp_a1b2c3d4/step=00943476-val_loss=2.3456.ckpt sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 (11144477735 bytes)",
    "{'loss': 2.3457, 'grad_norm': 0.12345678901, 'learning_rate': 1.4999999999999999e-05, 'epoch': 0.12, 'num_input_tokens_seen': 11144477735}",
    "GPU 3: util=97% mem=78123/81559MiB temp=71C power=643.21W uuid=GPU-5b8efff7-9803-8103-d269-b633813fc60c",
    "Epoch 3:  42%|████▏     | 504/1200 [12:34<17:21, 1.50s/it, v_num=17, train_loss=2.345]",
    "model has 123,456,782 parameters, 12 layers, vocab_size=32000, bos_token_id=1, eos_token_id=2, dtype=bfloat16, shape=(943, 476, 5919)",
    "INFO:ray: trial_a1b2c_00017 RUNNING actor_id=8f9d1a522c1d4c068c5b7f3c01000000 node_id=5b8efff798038103d269b633813fc60c12345678901234567890abcd lr=0.0001234567",
    "slurmstepd: error: *** STEP 9434765.0 ON gpu-node-17 CANCELLED AT 2026-03-01T10:15:00 DUE TO TIME LIMIT ***",
    "sbatch: Submitted batch job 943476591 partition=gpu nodes=8 gres=gpu:8 time=2-00:00:00",
    // Spark, Hadoop
    "26/03/01 10:15:00 INFO TaskSetManager: Finished task 17.0 in stage 3.0 (TID 9434765919) in 1234 ms on gpu-node-17 (executor 3) (18/200)",
    "26/03/01 10:15:00 INFO BlockManagerInfo: Added broadcast_17_piece0 in memory on gpu-node-17:35791 (size: 12.3 KiB, free: 8.4 GiB)",
    "26/03/01 10:15:00 INFO YarnScheduler: application_1790000000123_0017 container_1790000000123_0017_01_000003 attempt_1790000000123_0017_m_000001_0 exited",
    "26/03/01 10:15:00 INFO FileScanRDD: Reading File path: hdfs://nameservice1/warehouse/t/part-00017-627cc493-f310-47de-96bd-71410b7dec09-c000.snappy.parquet, range: 0-134217728, partition values: [20260301]",
    "26/03/01 10:15:00 INFO FSNamesystem: BLOCK* allocate blk_1073741825_1001, replicas=3 for /data/part-m-00017 size=11144477735",
    "26/03/01 10:15:00 INFO Fetcher: [Consumer clientId=ingest-3, groupId=etl] Resetting offset for partition events-17 to position FetchPosition{offset=11144477735, offsetEpoch=Optional[12]}",
    "ZooKeeper session 0x14ed93111f20027 established, negotiated timeout 10000, zxid 0x300000017, listening on 0.0.0.0/0.0.0.0:2181",
    // builds and repositories
    "commit da39a3ee5e6b4b0d3255bfef95601890afd80709 (HEAD -> main, tag: v1.14.2)",
    "Merge pull request #12345 from org/fix-timeouts; 943476..da39a3e main -> main",
    "build_id=20260301.1 run_id=9434765919 run_attempt=2 job=test (ubuntu-24.04, 1.95) sha=da39a3ee5e6b4b0d3255bfef95601890afd80709 duration=123.456s",
    "app 120.0.6099.109 started, kernel 6.8.0-45-generic, CUDA 12.4.131, driver 550.54.15, NCCL 2.21.5, glibc 2.39-0ubuntu8.3",
    "Downloading libssl3_3.0.13-0ubuntu3.4_amd64.deb sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "terraform: aws_instance.gpu[3]: Creation complete after 32s [id=i-0a1b2c3d4e5f60718] ami-0123456789abcdef0 subnet-0a1b2c3d4e5f60718 vpc-0a1b2c3d",
    "arn:aws:lambda:eu-west-1:123456789012:function:ingest:17 REPORT RequestId: 7b3bf470-9456-41e8-9eb6-529269fb1459 Duration: 123.45 ms Billed Duration: 124 ms Memory Size: 512 MB Max Memory Used: 123 MB",
    "postgres[812]: [3-1] LOG:  checkpoint complete: wrote 9434 buffers (7.2%); write=123.456 s, sync=0.012 s, total=123.512 s; lsn=1A/2B3C4D50, redo lsn=1A/2B3C4D18",
    "pg: duration: 12.345 ms  statement: SELECT id FROM jobs WHERE shard = 17 AND step > 943476 LIMIT 100",
    "consumer lag topic=events partition=17 current_offset=11144477735 log_end_offset=11144478900 lag=1165",
    "etcd: {\"level\":\"warn\",\"took\":\"123.456789ms\",\"revision\":9434765919,\"compact-revision\":943476,\"member-id\":\"8e9e05c52164694d\"}",
    "netmask 255.255.255.0 mtu 9001 qlen 1000, listening on 0.0.0.0:8080 and [::]:8080",
    "-[Reader readNextWithCompletion:] returned after 12 ms, handle <0x7f9950712080>",
    "ts=1790000000 start=1790000000123 us=1790000000123456 ns=1790000000123456789 uptime=943476.591 port=50051 pid=31337 tid=139712345678900",
    "job_id=9434765919 task_id=1114447 worker=3 queue=default retries=2 exit_code=137 cpu_ns=112345678903 heap_bytes=12345678995",
];

/// What `hipaa` with all packs makes of lines that `standard` leaves alone, and why.
const PRIVATE: &[(&str, &str, &str)] = &[
    (
        "pod trainer-0 ready, podIP=10.42.3.17 hostIP=10.0.12.34",
        "pod trainer-0 ready, podIP=[IP_V4] hostIP=[IP_V4]",
        "addresses are identifiers, 45 CFR 164.514(b)(2)(i)(O); the rule has no exception for one's own network",
    ),
    (
        "gpu-17:4242:4242 [0] NCCL INFO Bootstrap : Using eth0:10.0.12.34<0>",
        "gpu-17:4242:4242 [0] NCCL INFO Bootstrap : Using eth0:[IP_V4]<0>",
        "(O), as above",
    ),
    (
        "master_addr=10.0.12.34 master_port=29500 rdzv_endpoint=10.0.12.34:29500",
        "master_addr=[IP_V4] master_port=29500 rdzv_endpoint=[IP_V4]:29500",
        "(O), as above",
    ),
    (
        "node ip-10-0-12-34.eu-west-1.compute.internal is ready",
        "node ip-[IP_V4].eu-west-1.compute.internal is ready",
        "(O): the name of the host holds its address",
    ),
    ("Connected to [fe80::1c2d:3eff:fe4f:5061]:2379", "Connected to [[IP_V6]]:2379", "(O), as above"),
    (
        "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
        "pam_unix(cron:session): session opened for user [USERNAME](uid=0) by (uid=0)",
        "an account is an identifier, (R); the rule has no exception for those of a system",
    ),
];

fn engines() -> [(&'static str, Engine); 3] {
    let build = |builder: hushlog::EngineBuilder| builder.as_of(2026).build().expect("an engine");
    [
        ("standard", build(Engine::builder())),
        ("standard with all packs", build(Engine::builder().packs("all").expect("packs"))),
        ("hipaa with all packs", build(Engine::builder().preset("hipaa").and_then(|builder| builder.packs("all")).expect("hipaa"))),
    ]
}

#[test]
fn fields_of_operations_stay() {
    let mut wrong = Vec::new();
    for (name, engine) in &engines() {
        for line in KEPT {
            let out = String::from_utf8(engine.scrub(line.as_bytes())).expect("text");
            if out != *line {
                wrong.push(format!("{name}:\n  {line}\n  {out}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fields_that_a_rule_names_go_under_hipaa_only() {
    let mut wrong = Vec::new();
    for (name, engine) in &engines() {
        for (line, private, reason) in PRIVATE {
            let want = if name.starts_with("hipaa") { private } else { line };
            let out = String::from_utf8(engine.scrub(line.as_bytes())).expect("text");
            if out != *want {
                wrong.push(format!("{name} ({reason}):\n  {line}\n  {out}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}
