#!/usr/bin/env bash
# Builds Helm and helm-docs from the Go modules in go.mod, installs kubernetes-validate and pytest from PyPI, and copies
# the resource definitions of the Prometheus operator, cert-manager and the Gateway API from their Go modules, all into
# .cache/helm, unless they are there already. --check: see component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$(cd "$here/../.." && pwd)/.cache/helm
stamp=$(cat "$here"/go.* "$here/install.sh" | sha256sum)
begin "${1-}" "$cache" "$stamp" bin/helm python3
cd "$here"

helm=$(go list -m -f '{{.Version}}' helm.sh/helm/v4)
echo "helm: building Helm $helm, about 5 minutes on 2 cores" >&2
go build -trimpath -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=$helm" -o "$cache/new/" \
  helm.sh/helm/v4/cmd/helm github.com/norwoodj/helm-docs/cmd/helm-docs

# definitions MODULE@VERSION FOLDER: copies a folder of resource definitions, whose files Go compares with its
# checksum database.
definitions() {
  local module
  module=$(cd / && go mod download -json "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
  install -D -m 644 -t "$cache/definitions/$(basename "${1%@*}")" "$module/$2"/*.yaml
}
rm -rf "$cache/definitions"
definitions github.com/prometheus-operator/prometheus-operator@v0.85.0 example/prometheus-operator-crd
definitions github.com/cert-manager/cert-manager@v1.21.2 deploy/crds
definitions sigs.k8s.io/gateway-api@v1.6.3 config/crd/standard

rm -rf "$cache/venv"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check \
  kubernetes-validate==1.37.0 pytest==9.0.2 jsonschema==4.25.1
rm -rf "$cache/bin"
mv "$cache/new" "$cache/bin"
echo "$stamp" >"$cache/stamp"
