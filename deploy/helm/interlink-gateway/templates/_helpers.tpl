{{- define "interlink-gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects: short enough for what is added to it. */}}
{{- define "interlink-gateway.fullname" -}}
{{- $name := include "interlink-gateway.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "interlink-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "interlink-gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of all objects but the pods. */}}
{{- define "interlink-gateway.labels" -}}
{{ include "interlink-gateway.selectorLabels" . }}
{{ include "interlink-gateway.releaseLabels" . }}
{{- end -}}

{{- define "interlink-gateway.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "interlink-gateway.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "interlink-gateway.fullname" .) -}}
{{- end -}}

{{/* The subjects of role bindings. */}}
{{- define "interlink-gateway.subjects" -}}
- kind: ServiceAccount
  name: {{ include "interlink-gateway.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* The user name of the service account. */}}
{{- define "interlink-gateway.user" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "interlink-gateway.serviceAccountName" . }}
{{- end -}}

{{- define "interlink-gateway.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What has values of its own is not accepted in the configuration, where the rest of the chart would not see it. */}}
{{- define "interlink-gateway.configuration" -}}
{{- $configuration := deepCopy .Values.configuration -}}
{{- if dig "gateway" "security" "issuers" "" $configuration -}}
{{- fail "Name the issuers in the value issuers, not in configuration.gateway.security.issuers." -}}
{{- end -}}
{{- if hasKey (dig "gateway" "namespaces" dict $configuration) "create-workspaces" -}}
{{- fail "Set the value createWorkspaces, not configuration.gateway.namespaces.create-workspaces: it adds permissions." -}}
{{- end -}}
{{- if hasKey (dig "gateway" "console" dict $configuration) "enabled" -}}
{{- fail "Set the value console.enabled, not configuration.gateway.console.enabled." -}}
{{- end -}}
{{- $gateway := dict "security" (dict "issuers" .Values.issuers) -}}
{{- if .Values.createWorkspaces -}}
{{- $_ := set $gateway "namespaces" (dict "create-workspaces" true) -}}
{{- end -}}
{{- if not .Values.console.enabled -}}
{{- $_ := set $gateway "console" (dict "enabled" false) -}}
{{- end -}}
{{- mustMergeOverwrite $configuration (dict "gateway" $gateway) | toYaml -}}
{{- end -}}

{{/* The host names under which the gateway is reached. */}}
{{- define "interlink-gateway.hosts" -}}
{{- $hosts := list -}}
{{- if .Values.ingress.enabled -}}
{{- $hosts = concat $hosts .Values.ingress.hosts -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- $hosts = concat $hosts .Values.httpRoute.hostnames -}}
{{- end -}}
{{- uniq $hosts | toJson -}}
{{- end -}}

{{- define "interlink-gateway.certificateSecret" -}}
{{- .Values.certificate.secretName | default (printf "%s-tls" (include "interlink-gateway.fullname" .)) -}}
{{- end -}}

{{/* Those of the pod of `helm test`, which the Service does not select. */}}
{{- define "interlink-gateway.testLabels" -}}
app.kubernetes.io/name: {{ include "interlink-gateway.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
