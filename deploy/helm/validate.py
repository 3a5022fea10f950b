"""Objects of a rendered chart: each valid by the schema of its kind, and true to what the chart promises.

validate.py FILE FOLDER [HUSHLOG]: with the program, the configurations in it are checked as well.
"""

import os
import re
import subprocess
import sys

import kubernetes_validate
import yaml

# Kinds of others, whose schemas are not those of Kubernetes.
OTHERS = {"Certificate", "Issuer", "ServiceMonitor", "PrometheusRule", "ExternalSecret"}
VERSIONS = ["1.37", "1.28"]


def pods(objects):
    for o in objects:
        spec = o.get("spec", {}).get("template", {}).get("spec")
        if spec:
            yield o, spec


def promises(objects):
    for o in objects:
        name = f"{o['kind']} {o['metadata']['name']}"
        assert o["kind"] not in ("Secret", "Role", "RoleBinding"), name
        if o["kind"] == "ClusterRole":
            assert o["rules"] == [{"apiGroups": [""], "resources": ["pods", "namespaces"], "verbs": ["list", "watch"]}], name
            agent = next(spec for o, spec in pods(objects) if o["kind"] == "DaemonSet")
            assert any(v["name"] == "api" for v in agent["volumes"]), name
        if o["kind"] == "ServiceAccount":
            assert o["automountServiceAccountToken"] is False, name
        if o["kind"] == "NetworkPolicy":
            assert o["spec"]["policyTypes"] == ["Ingress", "Egress"], name
        if o["kind"] == "MutatingWebhookConfiguration":
            for hook in o["webhooks"]:
                assert hook["failurePolicy"] == "Fail" and hook["sideEffects"] == "None", name
                assert {"hushlog", "kube-system"} <= set(hook["namespaceSelector"]["matchExpressions"][0]["values"]), name
                path = hook["clientConfig"]["service"]["path"]
                # What the API server asks of paths.
                assert all(re.fullmatch("[a-z0-9]([-a-z0-9.]*[a-z0-9])?", part) for part in path[1:].split("/")), path
                assert not (path.endswith("/allow") and ("hipaa" in path or "pci" in path)), path
    policies = [o["spec"]["podSelector"]["matchLabels"] for o in objects if o["kind"] == "NetworkPolicy"]
    for o, spec in pods(objects):
        name = o["metadata"]["name"]
        labels = o["spec"]["template"]["metadata"]["labels"]
        assert any(p.items() <= labels.items() for p in policies), f"{name}: no NetworkPolicy"
        assert spec["automountServiceAccountToken"] is False, name
        host = any("hostPath" in v for v in spec["volumes"])
        assert host == (o["kind"] == "DaemonSet"), name
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", name
        assert host or spec["securityContext"]["runAsNonRoot"] is True, name
        for c in spec["containers"]:
            s = c["securityContext"]
            assert s["readOnlyRootFilesystem"] and s["allowPrivilegeEscalation"] is False and s["capabilities"] == {"drop": ["ALL"]}, name
            assert {p["containerPort"] for p in c["ports"]} >= {8081, 8091}, name
            assert c["resources"]["requests"] and c["resources"]["limits"]["memory"], name


def main(path, folder, program):
    with open(path) as file:
        objects = [o for o in yaml.safe_load_all(file) if o]
    held = 0
    for o in objects:
        if o["kind"] in OTHERS:
            continue
        for version in VERSIONS:
            kubernetes_validate.validate(o, version, strict=True)
        held += 1
    promises(objects)
    checked = 0
    for o in objects if program else []:
        if o["kind"] == "ConfigMap" and "hushlog.yaml" in o["data"]:
            os.makedirs(folder, exist_ok=True)
            config = os.path.join(folder, o["metadata"]["name"] + ".yaml")
            with open(config, "w") as file:
                file.write(o["data"]["hushlog.yaml"])
            subprocess.run([program, "check", "-c", config], check=True, stdout=subprocess.DEVNULL)
            checked += 1
    print(f"{os.path.basename(path)}: {len(objects)} objects, {held} valid in {', '.join(VERSIONS)}, {checked} configurations checked")


main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
