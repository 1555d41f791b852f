import { type Fields, firstText, get, isFields, text } from '../fields.ts';
import { SCALES } from '../normalise.ts';
import { has, type Shape, table } from './shape.ts';

const sentryActions = table({
  firing: 'created|triggered|critical|warning|open|unresolved|regressed',
  resolved: 'resolved',
  other: 'assigned|ignored|archived|escalating|merged|deleted',
});

const rollbarEvents = table({
  firing: 'new_item|occurrence|exp_repeat_item|item_velocity|reactivated_item|reopened_item',
  resolved: 'resolved_item',
  other: 'deploy|test',
});

const builds = table({
  firing:
    'failure|failed|error|errored|broken|fail|timedout|timed_out|infrastructure_fail|startup_failure|unstable',
  resolved: 'success|successful|passed|succeeded|fixed|pass',
  other:
    'canceled|cancelled|aborted|running|pending|queued|started|created|skipped|neutral|stale|action_required|manual',
});

/** Error trackers, builds and deployments. */
export const code: readonly Shape[] = [
  {
    vendor: 'sentry',
    docs: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
    when: (body) =>
      has(body, 'action', 'data') &&
      (has(body, 'data.issue') ||
        has(body, 'data.event') ||
        has(body, 'data.metric_alert') ||
        has(body, 'data.error')),
    state: (body) => sentryActions(body['action']) ?? 'other',
    fields: (body) => sentryIssue(body),
  },
  {
    vendor: 'sentry',
    docs: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
    when: (body) =>
      has(body, 'project_slug', 'culprit', 'event') || has(body, 'project_name', 'culprit', 'event'),
    state: () => 'firing',
    fields: (body) => ({
      title:
        firstText(body, 'event.title', 'message', 'event.metadata.title', 'culprit') ?? 'Error in Sentry',
      key: firstText(body, 'id'),
      service: firstText(body, 'project_name', 'project_slug', 'project'),
      originalSeverity: firstText(body, 'level'),
    }),
  },
  {
    vendor: 'rollbar',
    docs: 'https://docs.rollbar.com/docs/webhooks',
    when: (body) => has(body, 'event_name', 'data') && (has(body, 'data.item') || has(body, 'data.deploy')),
    state: (body) => rollbarEvents(body['event_name']),
    scale: SCALES.logging,
    fields: (body) => ({
      title: firstText(body, 'data.item.title') ?? 'Item in Rollbar',
      key: firstText(body, 'data.item.id'),
      originalSeverity: firstText(
        body,
        'data.item.last_occurrence.level',
        'data.occurrence.level',
        'data.item.level',
      ),
    }),
  },
  {
    vendor: 'honeybadger',
    docs: 'https://docs.honeybadger.io/guides/integrations/payloads/v2/',
    when: (body) =>
      has(body, 'event', 'message', 'project.name') &&
      ['fault', 'site', 'check_in', 'alarm', 'deploy', 'comment', 'project.fault_count'].some((it) =>
        has(body, it),
      ),
    state: (body) =>
      table({
        firing:
          'occurred|down|check_in_missing|rate_exceeded|volume_spike|unresolved|cert_will_expire|alarm_alert',
        resolved: 'resolved|up|check_in_reporting|alarm_ok',
        other: 'assigned|commented|deployed',
      })(body['event']),
    fields: (body) => ({
      title: firstText(body, 'message') ?? 'Honeybadger',
      key: firstText(body, 'fault.id', 'site.id', 'check_in.id', 'alarm.id'),
      service: firstText(body, 'project.name'),
    }),
  },
  {
    vendor: 'sonarqube',
    docs: 'https://docs.sonarsource.com/sonarqube-server/latest/project-administration/webhooks/',
    when: (body) => has(body, 'taskId', 'qualityGate'),
    // `status` is the analysis task's; the gate is what passes or fails.
    state: (body) =>
      table({ firing: 'error|warn', resolved: 'ok', other: 'none' })(get(body, 'qualityGate.status')),
    fields: (body) => ({
      title: `Quality gate of ${firstText(body, 'project.name') ?? 'a project'}: ${firstText(body, 'qualityGate.status') ?? ''}`,
      rule: firstText(body, 'qualityGate.name') ?? '',
      key: [firstText(body, 'project.key'), firstText(body, 'branch.name')].filter(Boolean).join('|') || null,
      service: firstText(body, 'project.name'),
    }),
  },
  {
    vendor: 'netlify',
    docs: 'https://docs.netlify.com/site-deploys/notifications/',
    when: (body) => has(body, 'site_id', 'deploy_url', 'state'),
    state: (body) => (body['state'] === 'error' ? 'firing' : 'other'),
    fields: (body) => ({
      title: `Deploy of ${text(body['name']) ?? 'a site'}: ${text(body['state']) ?? ''}`,
      description: text(body['error_message']) ?? '',
      key: [text(body['site_id']), text(body['branch'])].filter(Boolean).join('|') || null,
      service: text(body['name']),
    }),
  },
  {
    vendor: 'buildbot',
    docs: 'https://docs.buildbot.net/latest/developer/results.html',
    when: (body) => has(body, 'buildid', 'buildername'),
    // 0 success, 1 warnings, 3 skipped; 2, 4, 5 and 6 (failure, exception, retry, cancelled) did not build
    state: (body) =>
      body['event'] === 'new'
        ? 'other'
        : table({ resolved: '0|1', other: '3', firing: '2|4|5|6' })(body['results']),
    fields: (body) => ({
      title: `Build of ${text(body['buildername']) ?? 'a builder'}`,
      key: [text(body['project']), text(body['buildername'])].filter(Boolean).join('|') || null,
    }),
  },
  {
    vendor: 'teamcity',
    docs: 'https://github.com/tcplugins/tcWebHooks/wiki',
    when: (body) => has(body, 'build.buildResult', 'build.notifyType'),
    state: (body) => builds(get(body, 'build.buildResult')),
    fields: (body) => ({
      title: firstText(body, 'build.buildFullName') ?? 'Build',
      key: firstText(body, 'build.buildTypeId'),
      service: firstText(body, 'build.projectName'),
    }),
  },
  {
    vendor: 'gocd',
    docs: 'https://github.com/gocd-contrib/gocd-build-status-notifier',
    when: (body) => has(body, 'build_cause', 'stages'),
    fields: (body) => ({
      title: `Pipeline ${text(body['name']) ?? ''}`,
      key: text(body['name']),
      description: firstText(body, 'build_cause.trigger_message') ?? '',
    }),
  },
  {
    vendor: 'github-actions',
    docs: 'https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run',
    when: (body) =>
      has(body, 'workflow_run.conclusion') ||
      has(body, 'check_run.conclusion') ||
      has(body, 'check_suite.conclusion'),
    state: (body) =>
      builds(firstText(body, 'workflow_run.conclusion', 'check_run.conclusion', 'check_suite.conclusion')) ??
      'other',
    fields: (body) => ({
      title: firstText(body, 'workflow_run.name', 'check_run.name', 'check_suite.head_branch') ?? 'Workflow',
      key: [firstText(body, 'repository.full_name'), firstText(body, 'workflow_run.name', 'check_run.name')]
        .filter(Boolean)
        .join('|'),
      service: firstText(body, 'repository.name'),
    }),
  },
  {
    vendor: 'gitlab',
    docs: 'https://docs.gitlab.com/user/project/integrations/webhook_events/',
    when: (body) => body['object_kind'] === 'pipeline' || body['object_kind'] === 'build',
    state: (body) => builds(firstText(body, 'object_attributes.status', 'build_status')) ?? 'other',
    fields: (body) => ({
      title: `${firstText(body, 'object_kind')} of ${firstText(body, 'project.name', 'project_name') ?? 'a project'}`,
      key: [
        firstText(body, 'project.path_with_namespace', 'project_name'),
        firstText(body, 'object_attributes.ref', 'ref'),
      ]
        .filter(Boolean)
        .join('|'),
      service: firstText(body, 'project.name', 'project_name'),
    }),
  },
];

function sentryIssue(body: Fields): {
  title: string;
  key: string | null;
  service: string | null;
  originalSeverity: string | null;
} {
  const subject =
    ['issue', 'event', 'error', 'metric_alert'].map((it) => get(body, `data.${it}`)).find(isFields) ?? {};
  return {
    title:
      firstText(subject, 'title', 'metadata.title', 'alert_rule.name', 'message') ??
      firstText(body, 'data.description_title') ??
      'Issue in Sentry',
    key: sentryKey(subject),
    service: firstText(subject, 'project.name', 'project_name', 'project.slug', 'projects.0', 'project'),
    originalSeverity:
      firstText(subject, 'level') ?? (severityAction(body['action']) ? String(body['action']) : null),
  };
}

function severityAction(action: unknown): boolean {
  return action === 'critical' || action === 'warning';
}

/** An event names its issue by id or address; its own id is that of one occurrence. */
function sentryKey(subject: Fields): string | null {
  const address = firstText(subject, 'issue_url');
  const issue = firstText(subject, 'issue_id') ?? address?.split('/').findLast((it) => it !== '') ?? null;
  return issue ?? (has(subject, 'event_id') ? null : firstText(subject, 'id'));
}
