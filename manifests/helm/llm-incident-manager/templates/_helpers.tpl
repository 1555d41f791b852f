{{/* The name that everything begins with. */}}
{{- define "im.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* By what the pods of a role are known; never changes. */}}
{{- define "im.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- if .role }}
app.kubernetes.io/component: {{ .role }}
{{- end }}
{{- end }}

{{- define "im.labels" -}}
{{ include "im.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* What nobody may write into values: a test compares it with the settings of the program. */}}
{{- define "im.secretSettings" -}}
ANTHROPIC_API_KEY BOOTSTRAP_API_KEY DATABASE_REPLICA_URL DATABASE_URL DISCORD_TOKEN EMBEDDINGS_API_KEY GITHUB_WEBHOOK_SECRET
GITLAB_WEBHOOK_TOKEN HEARTBEAT_URL KUBERNETES_TOKEN LOKI_TOKEN NTFY_TOKEN OPENAI_API_KEY OPSGENIE_API_KEY
OTEL_EXPORTER_OTLP_HEADERS PROMETHEUS_TOKEN RABBITMQ_URL REDIS_URL SENTINEL_SECRET SLACK_APP_TOKEN SLACK_BOT_TOKEN
SLACK_SIGNING_SECRET SMTP_URL TEAMS_APP_PASSWORD TWILIO_AUTH_TOKEN VAPID_PRIVATE_KEY VOYAGE_API_KEY
{{- end }}

{{/* Everything a process is told. What the chart sets itself is not a setting of the installation. */}}
{{- define "im.env" -}}
{{- $secret := splitList " " (include "im.secretSettings" . | replace "\n" " ") -}}
{{- range $name, $value := .root.Values.settings }}
{{- if has $name $secret }}{{ fail (printf "%s is a secret: say where it is, under `secrets`." $name) }}{{ end }}
{{- if has $name (list "HOST" "PORT" "ROLES" "DATA_DIR") }}{{ fail (printf "%s is set by the chart." $name) }}{{ end }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- if not (hasKey .root.Values.secrets "DATABASE_URL") }}{{ fail "Several processes need a PostgreSQL: say where DATABASE_URL is, under `secrets`." }}{{ end }}
{{- range $name, $place := .root.Values.secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ required (printf "secrets.%s.name" $name) $place.name }}
      key: {{ required (printf "secrets.%s.key" $name) $place.key }}
{{- end }}
- name: HOST
  value: "0.0.0.0"
- name: PORT
  value: "3000"
- name: ROLES
  value: {{ .role }}
{{- end }}
