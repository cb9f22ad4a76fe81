{{/* The start of every name. 53 characters leave room for "-dashboard". */}}
{{- define "modstats.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- $name = .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- $name = .Release.Name -}}
{{- else -}}
{{- $name = printf "%s-%s" .Release.Name $name -}}
{{- end -}}
{{- $name | trunc 53 | trimSuffix "-" -}}
{{- end }}

{{- define "modstats.serviceAccount" -}}
{{- default (printf "%s-operator" (include "modstats.fullname" .)) .Values.operator.serviceAccount.name -}}
{{- end }}

{{/*
What finds pods. It can't change in a Deployment that exists, so it must never change here.
Takes a list: the root, the component.
*/}}
{{- define "modstats.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* The labels of an object. Takes a list: the root, the component. */}}
{{- define "modstats.labels" -}}
{{- $root := index . 0 -}}
{{ include "modstats.selector" . }}
app.kubernetes.io/part-of: modstats
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* An image's reference. Takes a list: the root, the image's values. */}}
{{- define "modstats.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $name := printf "%s/%s" (default $root.Values.imageRegistry $image.registry | trimSuffix "/") $image.repository -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default $root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end }}

{{- define "modstats.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "modstats.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The variables of a program. Takes a list: the root, the component's values. */}}
{{- define "modstats.environment" -}}
- name: MODSTATS_LOG_FORMAT
  value: {{ (index . 0).Values.logFormat }}
{{- range $name, $value := (index . 1).environment }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Where a component's pods may run, and what else they are given. Takes the component's values. */}}
{{- define "modstats.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The release's database: {clusterRef: {name}}, {secretRef: {name}} or nothing. */}}
{{- define "modstats.database" -}}
{{- $database := .Values.database -}}
{{- $given := compact (list (ternary "create: true" "" $database.create) (ternary "clusterRef" "" (not (empty $database.clusterRef))) (ternary "secretRef" "" (not (empty $database.secretRef)))) -}}
{{- if gt (len $given) 1 -}}
{{- fail (printf "\n\ndatabase has %s: give only one of them. To use a database that is there already, set database.create=false.\n" (join " and " $given)) -}}
{{- end -}}
{{- if $database.create -}}
{{- toYaml (dict "clusterRef" (dict "name" $database.name)) -}}
{{- else if $database.clusterRef -}}
{{- toYaml (dict "clusterRef" (dict "name" $database.clusterRef.name)) -}}
{{- else if $database.secretRef -}}
{{- toYaml (dict "secretRef" (dict "name" $database.secretRef.name)) -}}
{{- end -}}
{{- end }}
