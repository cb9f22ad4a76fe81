{{/*
The dashboard's way to the database. A Secret or key that isn't there yet holds the pod up, says so
in its events, and is tried again by the kubelet: CloudNativePG makes both Secrets of a Cluster as
its first step, before any instance. From then on the dashboard itself waits for the database.
*/}}
{{- define "modstats.databaseEnvironment" -}}
{{- $database := include "modstats.database" . | fromYaml -}}
{{- with $database.clusterRef -}}
- name: MODSTATS_DATABASE_HOST
  value: {{ .name }}-rw
{{- include "modstats.secretKeys" (list (printf "%s-app" .name) "dbname" "username" "password") }}
- name: MODSTATS_DATABASE_CA
  value: /etc/modstats/database/ca.crt
{{- end }}
{{- with $database.secretRef -}}
{{- include "modstats.secretKeys" (list .name "host" "dbname" "username" "password") | trim }}
- name: MODSTATS_DATABASE_PORT
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: port
      optional: true
- name: MODSTATS_DATABASE_CA_PEM
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: ca.crt
      optional: true
{{- end }}
{{- end }}

{{/* Variables for keys of a Secret. Takes a list: the Secret, the keys. */}}
{{- define "modstats.secretKeys" -}}
{{- $secret := first . -}}
{{- range rest . }}
- name: MODSTATS_DATABASE_{{ upper . }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ . }}
{{- end }}
{{- end }}
