import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { openAccount, type Answer } from '#test/crash/load.ts';
import type { Random } from '#test/pages/random.ts';
import { KEY } from '#test/support/program.ts';

/** How many send at the same time, and how long each rests between two requests, on average. */
const SENDERS = 4;
const REST_MS = 160;
/** A new service fails this often, and an incident is opened for it. */
const NEW_SERVICE_MS = 6000;
/** It is resolved by its own alerts when it is so old: three levels and their windows, and time to be late. */
const OLD_MS = 150_000;
/** Alerts go to the services that failed last, so that several senders meet in one. */
const RECENT = 6;
/** How often a sender asks in vain, every 100 ms, of a cluster to which nothing is done any more. */
const PATIENCE = 600;
/** An answer that takes longer is none: another node is asked. */
const ANSWER_MS = 15_000;

interface Service {
  readonly name: string;
  readonly since: number;
  /** Nobody acknowledges it: all its levels are paged. */
  readonly isLeftAlone: boolean;
  incident: string | null;
  isOver: boolean;
}

interface Wish {
  readonly path: string;
  readonly body: unknown;
  readonly insists: boolean;
  readonly answered: (status: number, body: Answer) => void;
}

/** Senders of alerts and people who act, each asking whichever node answers, whatever is done to the nodes meanwhile. */
export class Load {
  readonly account = openAccount();
  /** Milliseconds until an event was accepted, from when it was first sent, however often it was sent. */
  readonly acceptedMs: number[] = [];
  readonly #urlOf: () => string;
  readonly #random: Random;
  readonly #services: Service[] = [];
  readonly #senders: Promise<void>[] = [];
  #isOver = false;

  constructor(urlOf: () => string, random: Random) {
    this.#urlOf = urlOf;
    this.#random = random;
  }

  start(): void {
    this.#senders.push(this.#failServices(), this.#resolveOld());
    for (let index = 0; index < SENDERS; index += 1) this.#senders.push(this.#send());
  }

  /** To be called when nothing is done to the cluster any more: every wish gets its answer. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#senders);
  }

  /** Every service that was not resolved is: nobody is to be paged any more. */
  async resolveAll(): Promise<void> {
    for (const it of this.#services) if (!it.isOver) await this.#resolve(it);
  }

  async #failServices(): Promise<void> {
    for (let index = 1; !this.#isOver; index += 1) {
      const isLeftAlone = this.#random.chance(0.4);
      const since = performance.now();
      this.#services.push({ name: `service-${index}`, since, isLeftAlone, incident: null, isOver: false });
      await this.#rest(NEW_SERVICE_MS);
    }
  }

  async #resolveOld(): Promise<void> {
    while (!this.#isOver) {
      const old = this.#services.find((it) => !it.isOver && performance.now() - it.since > OLD_MS);
      if (old) await this.#resolve(old);
      await this.#rest(500);
    }
  }

  async #resolve(service: Service): Promise<void> {
    service.isOver = true;
    for (const rule of RULES) await this.#insist(this.#alert(service, 'resolved', rule, randomUUID()));
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      const wish = this.#anything();
      if (wish?.insists) await this.#insist(wish);
      else if (wish) await this.#ask(wish);
      await this.#rest(this.#random.next() * 2 * REST_MS);
    }
  }

  async #rest(ms: number): Promise<void> {
    for (let left = ms; left > 0 && !this.#isOver; left -= 250) await sleep(Math.min(left, 250));
  }

  #anything(): Wish | null {
    const recent = this.#services.slice(-RECENT);
    if (recent.length === 0) return null;
    const service = this.#random.of(recent);
    const known = this.#services.slice(-3 * RECENT).filter((it) => it.incident !== null && !it.isOver);
    const other = known.length === 0 ? null : this.#random.of(known);
    const kind = this.#random.next();
    const id = this.#random.chance(0.5) ? randomUUID() : null;
    if (!other?.incident || kind < 0.8) return this.#alert(service, 'firing', this.#random.of(RULES), id);
    if (kind < 0.88) return other.isLeftAlone ? null : this.#acknowledge(other.incident);
    if (kind < 0.95) return this.#comment(other.incident);
    return this.#promise(other.incident);
  }

  #alert(service: Service, status: 'firing' | 'resolved', rule: string, id: string | null): Wish {
    const { name } = service;
    const body = {
      ...(id === null ? {} : { event_id: id }),
      source: 'chaos',
      timestamp: new Date().toISOString(),
      event_type: 'alert',
      category: 'performance',
      title: `${rule} of ${name}`,
      description: '',
      severity: 'P1',
      status,
      resource: { type: 'service', id: name, name },
      tags: { rule, environment: 'production' },
    };
    const begun = performance.now();
    const answered = (code: number, { event_id: event, incident_id: incident, status: said }: Answer) => {
      if (code !== 202 || event === undefined) return;
      this.acceptedMs.push(performance.now() - begun);
      this.account.events.set(event, id);
      if (said === 'duplicate') this.account.counts.duplicates += 1;
      if (status === 'firing') this.account.groups.add(name);
      if (incident) service.incident = incident;
    };
    return { path: '/api/v1/events', body, insists: id !== null, answered };
  }

  #acknowledge(incident: string): Wish {
    const notes = `acknowledged by ${randomUUID()}`;
    return this.#once(`/api/v1/incidents/${incident}/acknowledge`, { notes }, () =>
      this.account.acknowledgments.add(notes),
    );
  }

  #comment(incident: string): Wish {
    const content = `comment ${randomUUID()}`;
    return this.#once(`/api/v1/incidents/${incident}/comments`, { content }, () =>
      this.account.comments.add(content),
    );
  }

  /** A promise that nobody keeps, for one to ten seconds from now. */
  #promise(incident: string): Wish {
    const words = `update ${randomUUID()}`;
    const text = `update ${incident} ${words} next ${this.#random.int(1, 10)}s`;
    return this.#once('/api/v1/commands', { text }, () => this.account.promises.add(words));
  }

  #once(path: string, body: unknown, done: () => void): Wish {
    const answered = (code: number) => {
      if (code >= 200 && code < 300) done();
    };
    return { path, body, insists: false, answered };
  }

  /** Until there is an answer, of whichever node, with the same event id: whoever was cut off does not know what became of it. */
  async #insist(wish: Wish): Promise<void> {
    let patience = PATIENCE;
    while (!(await this.#ask(wish))) {
      if (this.#isOver) patience -= 1;
      if (patience > 0) await sleep(100);
      else return void this.account.outrages.push(`${wish.path}: no answer in ${PATIENCE} tries`);
    }
  }

  /** Whether there was an answer. */
  async #ask({ path, body, answered }: Wish): Promise<boolean> {
    const { counts, outrages } = this.account;
    counts.requests += 1;
    try {
      const response = await fetch(`${this.#urlOf()}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEY },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await response.text();
      const isToWait = response.headers.has('retry-after');
      if (isToWait) counts.askedToWait += 1;
      else if (response.status >= 500) outrages.push(`${path}: ${response.status} ${text}`);
      answered(response.status, JSON.parse(text) as Answer);
      return response.status < 500 && !isToWait;
    } catch (error) {
      // Nobody there, cut off in the middle of the answer, or no answer in time.
      const isCut =
        error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
      if (!isCut) outrages.push(`${path}: ${String(error)}`);
      counts.cutOff += 1;
      return false;
    }
  }
}

const RULES = ['errors', 'latency', 'saturation'] as const;
