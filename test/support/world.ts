import {
  plan,
  type Incoming,
  type Known,
  type KnownAlert,
  type KnownGroup,
  type KnownIncident,
  type Plan,
  type Windows,
} from '#src/incident/grouping.ts';
import { isOpen } from '#src/incident/incident.ts';

/** What the database knows of alerts, kept in memory: plans are carried out on it at once. */
export class World {
  readonly alerts = new Map<string, KnownAlert>();
  readonly groups = new Map<string, KnownGroup>();
  readonly incidents = new Map<number, KnownIncident>();
  readonly recent = new Map<string, number[]>();
  readonly #windows: Windows;
  #before = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  take(batch: readonly Incoming[], at: Date): Plan {
    const planned = plan(batch, this.known(), this.#windows, at);
    this.#before = this.incidents.size;
    for (const [place, effect] of planned.effects) {
      if (place < 0) this.#open(this.numberOf(place), at);
      else if (effect.reopens) this.#reopen(place);
    }
    const number = (place: number | null) => (place !== null && place < 0 ? this.numberOf(place) : place);
    for (const [name, it] of planned.alerts) this.alerts.set(name, { ...it, place: number(it.place) });
    for (const [key, it] of planned.groups) this.groups.set(key, { ...it, place: number(it.place) });
    for (const [index, { verdict, place }] of planned.placed.entries()) {
      const around = batch[index]?.around;
      if (verdict !== 'opened' || place === null || typeof around !== 'string') continue;
      this.recent.set(around, [...(this.recent.get(around) ?? []), this.numberOf(place)]);
    }
    return planned;
  }

  /** The number that the last batch's opening -1, -2 ... got. */
  numberOf(place: number): number {
    return this.#before - place;
  }

  /** As the engine reads it before it plans. */
  known(): Known {
    const firing = new Map<number, number>();
    for (const { place, state } of this.alerts.values()) {
      if (place !== null && state === 'firing') firing.set(place, (firing.get(place) ?? 0) + 1);
    }
    const { alerts, groups, incidents, recent } = this;
    return { alerts, groups, incidents, firing, recent };
  }

  /** A person ends an incident, if it is there and the step is legal. */
  people(to: 'RESOLVED' | 'CLOSED', number: number, at: Date): void {
    const incident = this.incidents.get(number);
    if (!incident || incident.status === 'CLOSED') return;
    this.incidents.set(number, { ...incident, status: to, resolvedAt: incident.resolvedAt ?? at });
  }

  isOpen(number: number | null): boolean {
    const incident = number === null ? undefined : this.incidents.get(number);
    return incident !== undefined && isOpen(incident);
  }

  snapshot() {
    return { alerts: this.alerts, groups: this.groups, incidents: this.incidents };
  }

  /** Which alerts are together, whatever the numbers of their incidents. */
  partition(): string[] {
    const together = Map.groupBy(this.alerts.values(), (it) => it.place);
    return [...together]
      .map(([place, all]) => {
        const names = all.map((it) => `${it.fingerprint} ${it.state} ${it.severity}`).toSorted();
        return `${this.isOpen(place) ? 'open' : 'over'}: ${names.join(', ')}`;
      })
      .toSorted();
  }

  #open(number: number, createdAt: Date): void {
    this.incidents.set(number, { status: 'NEW', resolvedAt: null, severity: 'P2', createdAt });
  }

  #reopen(number: number): void {
    const before = this.incidents.get(number);
    if (!before) return;
    this.incidents.set(number, { ...before, status: 'IN_PROGRESS', resolvedAt: null, reopened: true });
  }
}
