#!/usr/bin/env bash
# up.sh DIR: starts a control plane on free ports of the loopback address, with all its files in DIR. Returns when pods
# can be created; DIR/kubeconfig is the administrator's. There is no kubelet, so pods do not run.
set -euo pipefail
[ $# = 1 ] || { echo "usage: up.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$here/../../.cache/control-plane/bin" && pwd)
mkdir -p "$1"
cd "$1"
dir=$PWD
trap '[ $? = 0 ] || { tail -n 3 "$dir"/*.log >&2; "$here/down.sh" "$dir"; }' EXIT

read -r api client peer controllers scheduler < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
print(*(s.getsockname()[1] for s in sockets))')

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=test-ca -keyout ca.key -out ca.crt 2>/dev/null
openssl genrsa -out service-accounts.key 2048 2>/dev/null
certificate() { # file, user, group
  openssl req -newkey rsa:2048 -nodes -subj "/O=$3/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$1.crt" \
    -extfile <(echo 'subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1') 2>/dev/null
}
kubeconfig() { # file, certificate
  cat >"$1" <<YAML
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$api", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: test, user: {client-certificate-data: $(base64 -w0 "$2.crt"), client-key-data: $(base64 -w0 "$2.key")}}]
YAML
  chmod 600 "$1"
}
certificate server kube-apiserver kubernetes
certificate kubelet-client kube-apiserver-kubelet-client system:masters
certificate admin admin system:masters
certificate controller-manager system:kube-controller-manager none
certificate scheduler system:kube-scheduler none
kubeconfig kubeconfig admin
kubeconfig controller-manager.kubeconfig controller-manager
kubeconfig scheduler.kubeconfig scheduler

start() {
  local name=$1
  shift
  setsid "$bin/$name" "$@" >"$name.log" 2>&1 </dev/null &
  echo $! >"$name.pid"
}
start etcd --data-dir etcd --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$client" --advertise-client-urls "http://127.0.0.1:$client" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster "default=http://127.0.0.1:$peer"
# With a kubelet CA the API server refuses the self-signed certificates of interLink's virtual kubelets, as real
# clusters do, unless a log request carries insecureSkipTLSVerifyBackend.
start kube-apiserver --etcd-servers "http://127.0.0.1:$client" \
  --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$api" --endpoint-reconciler-type none \
  --tls-cert-file server.crt --tls-private-key-file server.key --client-ca-file ca.crt \
  --service-account-key-file service-accounts.key --service-account-signing-key-file service-accounts.key \
  --service-account-issuer https://kubernetes.default.svc --service-cluster-ip-range 10.96.0.0/24 \
  --authorization-mode Node,RBAC --allow-privileged --kubelet-certificate-authority ca.crt \
  --kubelet-client-certificate kubelet-client.crt --kubelet-client-key kubelet-client.key

await() { # what, command
  local what=$1
  shift
  for _ in $(seq 600); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "control-plane: no $what within 60 s" >&2
  exit 1
}
await "API server" curl -sf --cacert ca.crt --cert admin.crt --key admin.key "https://127.0.0.1:$api/readyz"
# The controllers exit immediately if they are started before the API server has created its bootstrap roles.
start kube-controller-manager --kubeconfig controller-manager.kubeconfig \
  --authentication-kubeconfig controller-manager.kubeconfig --authorization-kubeconfig controller-manager.kubeconfig \
  --bind-address 127.0.0.1 --secure-port "$controllers" --leader-elect=false --use-service-account-credentials \
  --service-account-private-key-file service-accounts.key --root-ca-file ca.crt
start kube-scheduler --kubeconfig scheduler.kubeconfig \
  --authentication-kubeconfig scheduler.kubeconfig --authorization-kubeconfig scheduler.kubeconfig \
  --bind-address 127.0.0.1 --secure-port "$scheduler" --leader-elect=false
await "service account" "$bin/kubectl" --kubeconfig kubeconfig -n default get serviceaccount default
