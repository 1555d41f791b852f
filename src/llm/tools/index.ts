import { getAlerts } from './get-alerts.ts';
import { getChanges } from './get-changes.ts';
import { getDependencies } from './get-dependencies.ts';
import { getKubernetes } from './get-kubernetes.ts';
import { getRunbook } from './get-runbook.ts';
import { getSimilarIncidents } from './get-similar-incidents.ts';
import { getTimeline } from './get-timeline.ts';
import { queryPrometheus } from './query-prometheus.ts';
import { searchLogs } from './search-logs.ts';
import type { Tool } from './tool.ts';

/** Everything that a model may look at, in the order in which it is told of them. A test compares it with this folder. */
export const TOOLS: readonly Tool[] = [
  getTimeline,
  getAlerts,
  getChanges,
  getDependencies,
  getSimilarIncidents,
  getRunbook,
  queryPrometheus,
  searchLogs,
  getKubernetes,
];
