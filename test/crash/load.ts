import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { KEY } from './victim.ts';

/** What the program said yes to, and must therefore still know at the end. */
export interface Account {
  /** By the id it answered: the id the sender gave it, if any. */
  readonly events: Map<string, string | null>;
  /** Every service that an alert was accepted for: one group of alerts each. */
  readonly groups: Set<string>;
  /** Texts of comments it answered 2xx to. */
  readonly comments: Set<string>;
  /** Notes of acknowledgments it answered 200 to. */
  readonly acknowledgments: Set<string>;
  /** Texts of updates that it answered 200 to, each with a promise. */
  readonly promises: Set<string>;
  /** Answers that nobody may give, and requests that nobody answered though the program ran. */
  readonly outrages: string[];
  readonly counts: { requests: number; cutOff: number; askedToWait: number; duplicates: number };
}

/** Nothing was said yet. */
export function openAccount(): Account {
  return {
    events: new Map(),
    groups: new Set(),
    comments: new Set(),
    acknowledgments: new Set(),
    promises: new Set(),
    outrages: [],
    counts: { requests: 0, cutOff: 0, askedToWait: 0, duplicates: 0 },
  };
}

/** How many send at the same time, and how long each rests between two requests, on average. */
const SENDERS = 8;
const REST_MS = 12;
/** A new service fails this often: about as many incidents are opened. */
const NEW_GROUP_MS = 250;
/** Requests go to the services that failed last, so that several senders meet in one. */
const RECENT = 6;

/** How often a sender asks in vain, every 100 ms, of a program that nobody kills any more. */
const PATIENCE = 300;

interface Wish {
  readonly path: string;
  readonly body: unknown;
  /** Sent again and again until it is answered; otherwise once, whatever comes of it. */
  readonly insists: boolean;
  readonly answered: (status: number, body: Answer) => void;
}

/** What is read of answers. */
export interface Answer {
  readonly status?: string;
  readonly event_id?: string;
  readonly incident_id?: string | null;
}

/** Senders of alerts and people who act, who do not stop because the program dies. */
export class Load {
  readonly account = openAccount();
  readonly #url: string;
  readonly #groups: string[] = [];
  readonly #incidents: string[] = [];
  readonly #senders: Promise<void>[] = [];
  #isOver = false;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#senders.push(this.#failServices());
    for (let i = 0; i < SENDERS; i += 1) this.#senders.push(this.#send());
  }

  /** To be called while the program runs for good: every wish gets its answer. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#senders);
  }

  /** Every service that failed fails once more. */
  async failAgain(): Promise<void> {
    for (const it of this.account.groups) await this.#insist(this.#alert(it, 'firing', randomUUID()));
  }

  async #failServices(): Promise<void> {
    for (let i = 1; !this.#isOver; i += 1) {
      this.#groups.push(`service-${i}`);
      await sleep(NEW_GROUP_MS);
    }
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      const wish = this.#anything();
      if (wish?.insists) await this.#insist(wish);
      else if (wish) await this.#ask(wish);
      await sleep(Math.random() * 2 * REST_MS);
    }
  }

  #anything(): Wish | null {
    const group = anyOf(this.#groups.slice(-RECENT));
    const incident = anyOf(this.#incidents.slice(-3 * RECENT));
    if (group === undefined) return null;
    const kind = Math.random();
    const id = coin() ? randomUUID() : null;
    if (incident === undefined || kind < 0.7) return this.#alert(group, 'firing', id);
    if (kind < 0.8) return this.#alert(group, 'resolved', id);
    if (kind < 0.87) return this.#acknowledge(incident);
    if (kind < 0.94) return this.#comment(incident);
    return this.#promise(incident);
  }

  /** An alert of one of three rules; most are repeats of one that fires already. */
  #alert(group: string, status: 'firing' | 'resolved', id: string | null): Wish {
    const rule = anyOf(['errors', 'latency', 'saturation']) ?? '';
    const body = {
      ...(id === null ? {} : { event_id: id }),
      source: 'crash-test',
      timestamp: new Date().toISOString(),
      event_type: 'alert',
      category: 'performance',
      title: `${rule} of ${group}`,
      description: '',
      severity: 'P2',
      status,
      resource: { type: 'service', id: group, name: group },
      tags: { rule, environment: 'production' },
    };
    const answered = (code: number, { event_id: event, incident_id: incident, status: said }: Answer) => {
      if (code !== 202 || event === undefined) return;
      this.account.events.set(event, id);
      if (said === 'duplicate') this.account.counts.duplicates += 1;
      if (status === 'firing') this.account.groups.add(group);
      if (incident && !this.#incidents.includes(incident)) this.#incidents.push(incident);
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

  /** A promise that nobody keeps, for one to four seconds from now. */
  #promise(incident: string): Wish {
    const words = `update ${randomUUID()}`;
    const text = `update ${incident} ${words} next ${1 + Math.floor(Math.random() * 4)}s`;
    return this.#once('/api/v1/commands', { text }, () => this.account.promises.add(words));
  }

  #once(path: string, body: unknown, done: () => void): Wish {
    const answered = (code: number) => {
      if (code >= 200 && code < 300) done();
    };
    return { path, body, insists: false, answered };
  }

  /** Until there is an answer, with the same event id: whoever was cut off does not know what became of it. */
  async #insist(wish: Wish): Promise<void> {
    let patience = PATIENCE;
    while (!(await this.#ask(wish))) {
      if (this.#isOver) patience -= 1;
      if (patience > 0) await sleep(100);
      else return this.#outrage(`${wish.path}: no answer in ${PATIENCE} tries`);
    }
  }

  #outrage(text: string): void {
    this.account.outrages.push(text);
  }

  /** Whether there was an answer. */
  async #ask({ path, body, answered }: Wish): Promise<boolean> {
    const { counts } = this.account;
    counts.requests += 1;
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEY },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      const isToWait = response.headers.has('retry-after');
      if (isToWait) counts.askedToWait += 1;
      else if (response.status >= 500) this.#outrage(`${path}: ${response.status} ${text}`);
      answered(response.status, JSON.parse(text) as Answer);
      return !isToWait;
    } catch (error) {
      // Nobody there, cut off in the middle of the answer, or no answer in time.
      if (!(error instanceof TypeError || isTimeout(error))) this.#outrage(`${path}: ${String(error)}`);
      counts.cutOff += 1;
      return false;
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function anyOf<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)];
}

function coin(): boolean {
  return Math.random() < 0.5;
}
