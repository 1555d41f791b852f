import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { heartbeatsAt, heartbeatUrl, testPageAt } from '#src/chat/look-heartbeats.ts';
import { bold, code, moment, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { count, span } from '#src/chat/names.ts';
import { defineHeartbeat, dropHeartbeat, heartbeatAt, pauseHeartbeat } from '#src/engine/heartbeat.ts';
import { UserError } from '#src/errors.ts';
import { GRACE_MS, stateOf } from '#src/incident/heartbeat.ts';

const ACTIONS = ['list', 'show', 'add', 'pause', 'resume', 'remove'] as const;
/** The most in one message. */
const SHOWN = 30;

type Row = Awaited<ReturnType<typeof heartbeatAt>>;

export const heartbeat = defineCommand({
  name: 'heartbeat',
  aliases: ['heartbeats'],
  summary: 'See and set up what has to be heard from in time, or an incident opens',
  group: 'Be on call',
  examples: [
    'heartbeat',
    'heartbeat add backup --every 1d --grace 1h',
    'heartbeat add mail --every 5m --service mail --severity sev3',
    'heartbeat show backup',
    'heartbeat pause backup',
    'heartbeat remove backup',
  ],
  allow: 'responder',
  args: {
    what: arg.optional(arg.text('What to do: show backup, or add, pause, resume, remove', { max: 100 })),
    every: arg.optional(arg.after(['every'], arg.duration('How often it is to be heard, like 5m or 1d'))),
    grace: arg.optional(arg.after(['grace'], arg.duration('How late it may be; 5m when left out'))),
    severity: arg.optional(arg.severity('How bad it is when it is missing; P1 when left out')),
    service: arg.optional(arg.word('Which service it is of', { max: 200 })),
  },

  async run(ctx, { what = 'list', ...how }) {
    const { action, id } = read(what);
    if (action === 'list' || id === undefined) return tellYou(await all(ctx));
    if (action === 'show') return shown(ctx, await heartbeatAt(ctx, id));
    if (action === 'add') return shown(ctx, await add(ctx, id, how));
    if (action === 'remove') {
      await dropHeartbeat(ctx, id);
      return tellYou(say([bold(id), ' is not expected any more, and its address is no more.']));
    }
    return shown(ctx, await pauseHeartbeat(ctx, id, action === 'pause'));
  },
});

/** `add backup`; a name alone is shown. */
function read(what: string): { readonly action: (typeof ACTIONS)[number]; readonly id?: string } {
  const [word = '', ...others] = what.trim().split(/\s+/);
  const action = ACTIONS.find((it) => it === word.toLowerCase());
  if (action === 'list') return { action };
  const [id, ...more] = action ? others : [word, ...others];
  if (id === undefined) {
    throw new UserError('bad_arguments', `Say which one, like \`heartbeat ${action} backup\`.`);
  }
  if (more.length === 0) return { action: action ?? 'show', id };
  throw new UserError(
    'bad_arguments',
    'Say what to do and with which, and the rest by name: `heartbeat add backup --every 1d --grace 1h`.',
  );
}

async function add(
  ctx: CommandContext,
  id: string,
  how: {
    readonly every?: number | undefined;
    readonly grace?: number | undefined;
    readonly severity?: Row['severity'] | undefined;
    readonly service?: string | undefined;
  },
): Promise<Row> {
  const known = (await heartbeatsAt(ctx)).find((it) => it.id === id);
  const everyMs = how.every ?? known?.everyMs;
  if (everyMs === undefined) {
    const text = `Say how often it is to be heard, like \`heartbeat add ${id} --every 1d\`.`;
    throw new UserError('bad_arguments', text, { field: 'every' });
  }
  return await defineHeartbeat(ctx, {
    id,
    name: known?.name ?? id,
    everyMs,
    graceMs: how.grace ?? known?.graceMs ?? GRACE_MS.usual,
    severity: how.severity ?? known?.severity ?? 'P1',
    team: known?.team ?? null,
    service: how.service ?? known?.service ?? null,
    environment: known?.environment ?? 'production',
    paused: known?.paused ?? false,
  });
}

async function all(ctx: CommandContext) {
  const rows = await heartbeatsAt(ctx);
  const now = ctx.now();
  const items = rows.slice(0, SHOWN).map((it): Inline[] => line(it, now));
  const left = rows.length - items.length;
  const more: Part[] = left > 0 ? [{ type: 'context', text: `And ${count(left, 'more heartbeat')}.` }] : [];
  const isMissing = rows.some((it) => stateOf(it, now) === 'missing');
  const page = { type: 'context', text: await testPageLine(ctx) } as const;
  const message =
    rows.length === 0
      ? say(['No heartbeat is expected. Add one with ', code('heartbeat add backup --every 1d'), '.'], page)
      : say([bold('Heartbeats that are expected')], { type: 'list', items }, ...more, page);
  return isMissing ? withTone(message, 'alarm') : message;
}

/** Backup (backup), every 1 day: heard 2026-03-01 08:00 UTC, next by 2026-03-02 09:00 UTC */
function line(it: Row, now: Date): Inline[] {
  const { id, name, everyMs, heardAt, missingAt } = it;
  const called: Inline[] = name === id ? [] : [' (', code(id), ')'];
  const head: Inline[] = [bold(name), ...called, `, every ${span(everyMs)}: `];
  const heard: Inline[] = heardAt ? ['heard ', moment(heardAt)] : ['never heard yet'];
  const state = stateOf(it, now);
  if (state === 'new') return [...head, 'waits for its first; nothing is missed before that'];
  if (state === 'paused') return [...head, 'paused, ', ...heard];
  const by: Inline[] = missingAt ? [' by ', moment(missingAt)] : [];
  if (state === 'missing') return [...head, bold('missing'), ', ', ...heard, ', was to come', ...by];
  return [...head, ...heard, state === 'late' ? ', late: has to come' : ', next', ...by];
}

function shown(ctx: CommandContext, it: Row): Reply {
  const { id, graceMs, severity, service, key } = it;
  const address = heartbeatUrl(ctx.settings.publicUrl, { id, key });
  const about = `${severity} when it is missing; may be late by ${span(graceMs)}${service === null ? '' : `; service ${service}`}.`;
  return tellYou(
    say(
      [...line(it, ctx.now()), '.'],
      { type: 'text', text: about },
      { type: 'code', text: `curl -fsS -m 10 --retry 5 ${address}` },
      { type: 'context', text: 'GET, POST and HEAD do it. Keep the address secret: it is its own key.' },
    ),
  );
}

async function testPageLine(ctx: CommandContext): Promise<Inline[]> {
  const { setting, last } = await testPageAt(ctx);
  if (!setting) {
    return ['No weekly test page is sent; ', code('synthetic_page'), ' in the setup file does it.'];
  }
  const when = `${DAYS[setting.day] ?? ''} ${setting.time} ${setting.zone}`;
  const head = `A test page goes to ${setting.to.kind} ${setting.to.id} every ${when}.`;
  if (!last) return [head];
  if (last.failed !== null) return [head, ' The last, of ', moment(last.dueAt), ', failed. ', last.failed];
  const seconds = ((last.latencyMs ?? 0) / 1000).toFixed(1);
  return [head, ' The last, of ', moment(last.dueAt), `, was taken after ${seconds} s.`];
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
