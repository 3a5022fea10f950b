#!/bin/sh
# Makes the Python environment of the tests with real AWS clients: target/aws-venv.
set -eu
cd "$(dirname "$0")/../.."
venv=target/aws-venv
[ -x $venv/bin/python ] || python3 -m venv $venv
$venv/bin/pip install --quiet --disable-pip-version-check 'boto3==1.40.76' 'awscli==1.46.3' 'moto[server]==5.2.5'
