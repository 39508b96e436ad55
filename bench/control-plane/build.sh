#!/usr/bin/env bash
# Builds a Kubernetes control plane (etcd, API server, controllers, scheduler, kubectl, kwok) from the Go
# modules that go.mod names. Does nothing when the binaries are those of this go.mod already. --check: component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$here/../../.cache/control-plane
stamp=$(cat "$here/go.mod" "$here/go.sum" "$here/build.sh" | sha256sum)
begin "${1-}" "$cache" "$stamp" bin/kubectl python3 openssl curl
cd "$here"
kubernetes=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${kubernetes#v1.}
minor=${minor%%.*}
# Without a version kubectl and the API server's compatibility check can't work.
version=k8s.io/component-base/version
flags="-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=$minor"
rm -rf "$cache/new"
mkdir "$cache/new"
echo "control-plane: building Kubernetes $kubernetes, about 5 minutes on 2 cores" >&2
for package in \
  go.etcd.io/etcd/server/v3 \
  k8s.io/kubernetes/cmd/kube-apiserver \
  k8s.io/kubernetes/cmd/kube-controller-manager \
  k8s.io/kubernetes/cmd/kube-scheduler \
  k8s.io/kubernetes/cmd/kubectl \
  sigs.k8s.io/kwok/cmd/kwok; do
  name=$(basename "$package")
  [ "$name" = v3 ] && name=etcd
  go build -trimpath -ldflags "$flags" -o "$cache/new/$name" "$package"
done
rm -rf "$cache/bin"
mv "$cache/new" "$cache/bin"
echo "$stamp" >"$cache/stamp"
