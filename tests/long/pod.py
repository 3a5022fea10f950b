"""A pod as the injector patches it, over HTTPS: pod.py PROGRAM IMAGE APP_IMAGE writes pod.yaml. See image.sh."""

import base64
import json
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

program, image, app = sys.argv[1:4]
subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout t.key -out t.pem -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(), check=True, capture_output=True)
injector = subprocess.Popen([program, "injector", "--listen", "127.0.0.1:18443", "--tls-cert", "t.pem", "--tls-key", "t.key", "--image", image, "--drain-ms", "0"])
script = """echo mail=user@example.com; echo ssn=123-45-6789 >&2
echo ssn=123-45-6789 > /proc/1/fd/1
echo ssn=123-45-6789 > /dev/termination-log
(echo x > /hushlog/hushlog) 2>/dev/null && echo WROTE-BINARY
(/bin/cp /bin/sh /hushlog/other) 2>/dev/null && echo WROTE-FOLDER
printf 'last ssn=123-45-6789'; exit 3"""
security = {"runAsUser": 1000, "runAsNonRoot": True, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "wrapped"}, "spec": {"restartPolicy": "Never",
  "initContainers": [{"name": "prepare", "image": app, "command": ["/bin/sh"], "args": ["-c", "echo token user=jdoe"], "securityContext": security}],
  "containers": [{"name": "app", "image": app, "command": ["/bin/sh", "-c", script], "securityContext": security},
                 {"name": "second", "image": app, "command": ["/bin/sh"], "args": ["-c", "echo card 4111 1111 1111 1111"], "securityContext": {"runAsUser": 0}}]}}
review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE", "object": pod}}
context = ssl.create_default_context(cafile="t.pem")
for _ in range(50):
    try:
        answer = json.load(urllib.request.urlopen(urllib.request.Request("https://localhost:18443/mutate/hipaa/forbid", json.dumps(review).encode(), {"content-type": "application/json"}), context=context))
        break
    except urllib.error.URLError:
        time.sleep(0.2)
injector.terminate()
for op in json.loads(base64.b64decode(answer["response"]["patch"])):
    *way, key = op["path"].split("/")[1:]
    at = pod
    for part in way:
        at = at[int(part) if isinstance(at, list) else part]
    if not isinstance(at, list):
        at[key] = op["value"]
    elif key == "-":
        at.append(op["value"])
    else:
        at.insert(int(key), op["value"])
with open("pod.yaml", "w") as file:
    json.dump(pod, file, indent=1)
