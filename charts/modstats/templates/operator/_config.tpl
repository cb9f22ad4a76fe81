{{/* The operator's configuration file. */}}
{{- define "modstats.operatorConfig" -}}
watch:
  {{- if .Values.operator.clusterWide }}
  clusterWide: true
  {{- else }}
  namespace: {{ .Release.Namespace }}
  {{- end }}
listen: 0.0.0.0:8080
{{- with include "modstats.database" . }}
database:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.collector }}
collector:
  image: {{ include "modstats.image" (list $ .image) }}
  imagePullPolicy: {{ .image.pullPolicy }}
  {{- with .imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - {{ .name }}
    {{- end }}
  {{- end }}
  resources:
    {{- range $kind, $quantities := .resources }}
    {{ $kind }}:
      {{- range $name, $quantity := $quantities }}
      {{ $name }}: {{ $quantity | quote }}
      {{- end }}
    {{- end }}
  deadlineSeconds: {{ int .deadlineSeconds }}
  sampleDays: {{ int .sampleDays }}
  logFormat: {{ $.Values.logFormat }}
  {{- with .modrinthUrl }}
  modrinthUrl: {{ . | quote }}
  {{- end }}
  {{- with .curseforgeUrl }}
  curseforgeUrl: {{ . | quote }}
  {{- end }}
  {{- with .curseforgeWebsiteUrl }}
  curseforgeWebsiteUrl: {{ . | quote }}
  {{- end }}
  rateLimits:
    {{- toYaml .rateLimits | nindent 4 }}
  {{- with .proxy }}
  proxy:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .trustedCa }}
  trustedCa:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .podLabels }}
  labels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .environment }}
  environment:
    {{- range $name, $value := . }}
    {{ $name }}: {{ $value | quote }}
    {{- end }}
  {{- end }}
  {{- with .nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
