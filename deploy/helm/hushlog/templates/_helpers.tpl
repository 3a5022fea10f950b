{{/* Name of a part: (dict "root" $ "part" "agent") */}}
{{- define "hushlog.name" -}}
{{- $base := ternary .root.Release.Name (printf "%s-hushlog" .root.Release.Name) (contains "hushlog" .root.Release.Name) -}}
{{- printf "%s-%s" ($base | trunc 40 | trimSuffix "-") .part -}}
{{- end -}}

{{- define "hushlog.selector" -}}
app.kubernetes.io/name: hushlog
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "hushlog.labels" -}}
{{ include "hushlog.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "hushlog.image" -}}
{{- $image := .Values.image -}}
{{- $repository := required "image.repository: name the image that you pushed" $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "hushlog.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "hushlog.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* The configuration, with the pages of health and metrics where the probes look: (dict "values" .Values.agent "part" "agent") */}}
{{- define "hushlog.config" -}}
{{- if not .values.config }}{{ fail (printf "%s.config: write a hushlog.yaml" .part) }}{{ end -}}
{{- $config := .values.config -}}
{{- $admin := dict "health" "0.0.0.0:8081" "metrics" "0.0.0.0:8091" -}}
{{- toYaml (merge (dict "admin" (merge $admin ($config.admin | default dict))) $config) -}}
{{- end -}}

{{- define "hushlog.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: health }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: health }
  periodSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 5
{{- end -}}

{{/* Not empty if a source of the agent asks the API server */}}
{{- define "hushlog.asksApi" -}}
{{- range $name, $source := (.Values.agent.config | default dict).sources }}{{ if $source.api }}yes{{ end }}{{ end -}}
{{- end -}}

{{/* Secrets as variables, mounts, volumes */}}
{{- define "hushlog.env" -}}
{{- range .secretEnv }}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secretName }}, key: {{ .key | quote }} } }
{{- end }}
{{- end -}}

{{- define "hushlog.secretMounts" -}}
{{- range .secrets }}
- { name: secret-{{ .name }}, mountPath: /run/secrets/hushlog/{{ .name }}, readOnly: true }
{{- end }}
{{- end -}}

{{/* (dict "values" .Values.agent "mode" "0400") */}}
{{- define "hushlog.secretVolumes" -}}
{{- $mode := .mode -}}
{{- range .values.secrets }}
- name: secret-{{ .name }}
  {{- if .secretProviderClass }}
  csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: {{ .secretProviderClass }} } }
  {{- else }}
  secret: { secretName: {{ .secretName }}, defaultMode: {{ $mode }} }
  {{- end }}
{{- end }}
{{- end -}}

{{- define "hushlog.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
