import { expect, onTestFinished } from 'vitest';

import { bareApp, type BareApp, type Envelope } from './bare-app.ts';
import { startFakeSlack, type FakeSlack, type FakeSlackOptions } from './fake.ts';
import type { Json } from './json.ts';

export interface Given {
  readonly slack: FakeSlack;
  readonly app: BareApp;
  readonly ana: FakeSlack['people']['ana'];
  readonly bo: FakeSlack['people']['bo'];
  /** A room that the app has made, or where everybody is. */
  readonly room: string;
}

/** A fake Slack until the test is over, and an app in it that has made a room. */
export async function given(options: FakeSlackOptions = {}): Promise<Given> {
  const { slack, app, ana, bo } = await started(options);
  const room = await app.text('conversations.create', { name: 'inc-1' }, 'channel', 'id');
  return { slack, app, ana, bo, room };
}

/** One whose app listens by a socket. */
export async function listening(
  answer?: (envelope: Envelope) => Json | null,
  options: FakeSlackOptions = {},
): Promise<Given> {
  const { slack, app, ana, bo } = await started(options);
  await app.listen(answer);
  return { slack, app, ana, bo, room: slack.general };
}

/** One in which nothing has happened yet. */
export async function started(options: FakeSlackOptions = {}): Promise<Omit<Given, 'room'>> {
  const slack = await startFakeSlack({ pace: 1000, ...options });
  onTestFinished(async () => await slack.stop());
  return { slack, app: bareApp(slack), ana: slack.people.ana, bo: slack.people.bo };
}

/** The error word of a call. */
export async function refusal(
  app: BareApp,
  method: string,
  args: Readonly<Record<string, unknown>>,
  token?: string,
): Promise<unknown> {
  const { json } = await app.call(method, args, token);
  expect(json['ok']).toBe(false);
  return json['error'];
}

export function plain(text: string): Json {
  return { type: 'plain_text', text };
}

export function input(name: string, element: Json, more: Json = {}): Json {
  return {
    type: 'input',
    block_id: `arg:${name}`,
    label: plain(`The ${name}`),
    element: { action_id: 'value', ...element },
    ...more,
  };
}

export const FIELD = input('title', { type: 'plain_text_input', initial_value: 'slow' });

export function modal(...blocks: readonly Json[]): Json {
  return { type: 'modal', title: plain('Declare'), submit: plain('Go'), blocks };
}

/** The trigger of the last thing somebody did. */
export function triggerOf(app: BareApp): string {
  const trigger = app.envelopes.at(-1)?.payload['trigger_id'];
  if (typeof trigger !== 'string') throw new Error('nobody did anything');
  return trigger;
}
