import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Bodies in the form that the vendors document, as they arrive; values made up. Where there are several alerts, the first counts. */
const bodies: readonly (readonly [vendor: string, state: AlertState, body: string])[] = [
  [
    'GitHub Actions, failed',
    'firing',
    '{"action":"completed","workflow_run":{"name":"CI","conclusion":"failure","status":"completed"},"repository":{"full_name":"acme/shop","name":"shop"}}',
  ],
  [
    'GitHub Actions, passed',
    'resolved',
    '{"action":"completed","workflow_run":{"name":"CI","conclusion":"success","status":"completed"},"repository":{"full_name":"acme/shop","name":"shop"}}',
  ],
  [
    'GitHub Actions, cancelled',
    'other',
    '{"action":"completed","workflow_run":{"name":"CI","conclusion":"cancelled","status":"completed"},"repository":{"full_name":"acme/shop","name":"shop"}}',
  ],
  [
    'GitLab pipeline, failed',
    'firing',
    '{"object_kind":"pipeline","object_attributes":{"status":"failed","ref":"main"},"project":{"name":"shop"}}',
  ],
  [
    'GitLab pipeline, running',
    'other',
    '{"object_kind":"pipeline","object_attributes":{"status":"running"},"project":{"name":"shop"}}',
  ],
  [
    'Jenkins notification plugin',
    'firing',
    '{"name":"shop","url":"job/shop","build":{"number":5,"phase":"FINALIZED","status":"FAILURE"}}',
  ],
  [
    'Jenkins, success',
    'resolved',
    '{"name":"shop","build":{"number":6,"phase":"FINALIZED","status":"SUCCESS"}}',
  ],
  ['Jenkins, started', 'other', '{"name":"shop","build":{"number":6,"phase":"STARTED"}}'],
  [
    'CircleCI',
    'firing',
    '{"type":"workflow-completed","workflow":{"name":"build","status":"failed"},"project":{"name":"shop"}}',
  ],
  [
    'Travis CI',
    'firing',
    '{"number":"1","status":1,"result":1,"status_message":"Broken","state":"failed","repository":{"name":"shop"},"message":"commit"}',
  ],
  [
    'Travis CI, fixed',
    'resolved',
    '{"number":"2","status":0,"result":0,"status_message":"Fixed","state":"passed","message":"commit"}',
  ],
  [
    'AppVeyor',
    'firing',
    '{"eventName":"build_failure","eventData":{"passed":false,"failed":true,"status":"Failure","projectName":"shop"}}',
  ],
  [
    'AppVeyor, success',
    'resolved',
    '{"eventName":"build_success","eventData":{"passed":true,"failed":false,"status":"Success","projectName":"shop"}}',
  ],
  ['Codeship', 'firing', '{"build":{"build_id":1,"project_name":"shop","status":"error","message":"m"}}'],
  [
    'Codeship, waiting',
    'other',
    '{"build":{"build_id":1,"project_name":"shop","status":"waiting","message":"m"}}',
  ],
  [
    'Semaphore 2',
    'firing',
    '{"pipeline":{"name":"CI","state":"done","result":"failed"},"project":{"name":"shop"},"version":"1.0.0"}',
  ],
  [
    'Buildkite',
    'firing',
    '{"event":"build.finished","build":{"state":"failed","message":"m"},"pipeline":{"name":"shop"}}',
  ],
  ['Buildkite, ping', 'other', '{"event":"ping","service":{"id":"s"},"message":"hello"}'],
  [
    'dbt Cloud, errored',
    'firing',
    '{"eventType":"job.run.errored","data":{"jobName":"nightly","runStatus":"Errored","runStatusMessage":"x"}}',
  ],
  [
    'dbt Cloud, completed',
    'resolved',
    '{"eventType":"job.run.completed","data":{"jobName":"nightly","runStatus":"Success","runStatusCode":10}}',
  ],
  [
    'Rundeck, success',
    'resolved',
    '{"trigger":"success","status":"succeeded","execution":{"id":3,"status":"succeeded","job":{"name":"backup"}}}',
  ],
  [
    'Netlify, ready',
    'other',
    '{"site_id":"s","deploy_url":"https://d.example","state":"ready","name":"shop"}',
  ],
  ['Vercel', 'firing', '{"type":"deployment.error","payload":{"name":"shop","deployment":{"id":"d"}}}'],
  [
    'Heroku release',
    'resolved',
    '{"action":"update","resource":"release","data":{"status":"succeeded","app":{"name":"shop"},"description":"Deploy"}}',
  ],
  [
    'SonarQube, gate fails',
    'firing',
    '{"taskId":"t","status":"SUCCESS","project":{"name":"shop"},"qualityGate":{"name":"Way","status":"ERROR"}}',
  ],
];

describe('builds and deployments', () => {
  it.each(bodies)('%s: %s', (_vendor, state, body) => {
    expect(readAlerts(any, parseBody(body))[0]?.state).toBe(state);
  });
});
