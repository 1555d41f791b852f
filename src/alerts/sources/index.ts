import type { AlertSource } from '../source.ts';
import { alertmanager } from './alertmanager.ts';
import { any } from './any.ts';
import { generic } from './generic.ts';
import { grafana } from './grafana.ts';
import { sentinel } from './sentinel.ts';
import { shield } from './shield.ts';

/** Every source there is, by name. */
export const sources: readonly AlertSource[] = [alertmanager, any, generic, grafana, sentinel, shield];

/** The source whose address ends in `name`; undefined when there is none. */
export function findSource(name: string): AlertSource | undefined {
  return sources.find((source) => source.name === name);
}
