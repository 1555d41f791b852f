import type { LayerView } from './views.ts';

/** A layer as the form holds it: everything that is typed is text. */
export interface LayerDraft {
  /** Its own as long as the form is open, wherever it moves to. */
  readonly key: number;
  /** Empty: it is new. */
  readonly id: string;
  readonly name: string;
  readonly turns: readonly (readonly string[])[];
  /** How many of the unit a turn lasts; of `custom`, an ISO 8601 duration. */
  readonly length: string;
  readonly unit: Unit;
  readonly start: string;
  readonly end: string;
  /** One window a line. */
  readonly only: string;
  readonly timezone: string;
  readonly priority: string;
  readonly shadow: boolean;
  /** What the form does not ask, and keeps. */
  readonly kept: Pick<LayerView, 'on_holidays' | 'calendar'> & {
    readonly anchor: string | null;
    readonly windows: LayerView['only'];
  };
}

let drafts = 0;

export const UNITS = ['hour', 'day', 'week', 'month', 'custom'] as const;
export type Unit = (typeof UNITS)[number];

/** A layer as the server takes it. */
export type LayerInput = Omit<LayerView, 'id'> & { readonly id?: string };

export function draftOf(layer: LayerView): LayerDraft {
  const { rotation, people, only } = layer;
  const [, many = '', unit = ''] = /^(\d+) (hour|day|week|month)s?$/.exec(rotation.every) ?? [];
  return {
    key: (drafts += 1),
    id: layer.id,
    name: layer.name,
    turns: people.map((turn) => [turn].flat()),
    length: many === '' ? rotation.every : many,
    unit: UNITS.find((it) => it === unit) ?? 'custom',
    start: rotation.start,
    end: rotation.end ?? '',
    only: only.filter((it) => typeof it === 'string').join('\n'),
    timezone: layer.timezone ?? '',
    priority: String(layer.priority),
    shadow: layer.shadow,
    kept: {
      on_holidays: layer.on_holidays,
      calendar: layer.calendar,
      anchor: rotation.anchor,
      windows: only.filter((it) => typeof it !== 'string'),
    },
  };
}

/** A new one: turns of a week that are handed over on Monday at nine. */
export function newDraft(name: string, monday: string): LayerDraft {
  return {
    key: (drafts += 1),
    id: '',
    name,
    turns: [],
    length: '1',
    unit: 'week',
    start: `${monday}T09:00`,
    end: '',
    only: '',
    timezone: '',
    priority: '0',
    shadow: false,
    kept: { on_holidays: 'as-usual', calendar: null, anchor: null, windows: [] },
  };
}

export function layerOf(draft: LayerDraft): LayerInput {
  const { id, name, turns, length, unit, start, end, kept } = draft;
  const many = length.trim();
  return {
    ...(id === '' ? {} : { id }),
    name,
    priority: Math.trunc(Number(draft.priority)) || 0,
    timezone: draft.timezone.trim() === '' ? null : draft.timezone.trim(),
    rotation: {
      every: unit === 'custom' ? many : `${many} ${unit}${many === '1' ? '' : 's'}`,
      start,
      anchor: kept.anchor,
      end: end === '' ? null : end,
    },
    people: turns.map((turn) => (turn.length === 1 ? (turn[0] ?? '') : turn)),
    only: [...linesOf(draft.only), ...kept.windows],
    on_holidays: kept.on_holidays,
    calendar: kept.calendar,
    shadow: draft.shadow,
  };
}

/** `layers.2.people`, as the server counts them, to `layers.17.people`, by the key of the second one. */
export function byKey(field: string, layers: readonly LayerDraft[]): string {
  return field.replace(/^layers\.(\d+)/, (_, number: string) => `layers.${layers[Number(number) - 1]?.key}`);
}

/** `Payments EU` to `payments-eu`. */
export function idFor(name: string): string {
  const plain = name
    .normalize('NFD')
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
  const words = plain.toLowerCase().match(/[\p{L}\p{N}]+/gu);
  return (words ?? []).join('-').slice(0, 60);
}

/** The list with the one at `index` moved by one; past an end it stays. */
export function moved<T>(list: readonly T[], index: number, by: 1 | -1): readonly T[] {
  const [one, other] = [list[index], list[index + by]];
  if (one === undefined || other === undefined) return list;
  return list.with(index, other).with(index + by, one);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((it) => it.trim())
    .filter((it) => it !== '');
}
