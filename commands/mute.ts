import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, type CommandContext } from '#src/chat/command.ts';
import { alertsOf, mutedOf } from '#src/chat/look-mutes.ts';
import { bold, moment, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { count } from '#src/chat/names.ts';
import { mute as muteAlerts, type MuteTarget } from '#src/engine/mute.ts';
import { sayMuted } from '#src/incident/muting.ts';

export const mute = defineCommand({
  name: 'mute',
  aliases: ['silence'],
  summary: 'Let alerts open no incident and page nobody for a time; they are counted and heard after it',
  group: 'Be on call',
  examples: [
    'mute checkout --until 2h --reason deploy',
    'mute checkout 2h because deploy',
    'mute rule:HighErrorRate until 14:00',
    'mute env=staging 1d',
    'mute INC-42 30m --even-critical',
  ],
  allow: 'responder',
  args: {
    what: arg.word('A service, or like rule:HighErrorRate, env=staging, INC-42, and here in its room', {
      max: 250,
    }),
    until: arg.after(['until', 'for'], arg.when('How long or until when, like 30m or 14:00; at most 7 days')),
    critical: arg.optional(arg.after(['even'], arg.choice('Yes, so that P0 and P1 are silent too', ['yes']))),
    reason: arg.optional(
      arg.after(['because of', 'because'], arg.text('Why, for whoever wonders', { max: 200 })),
    ),
  },

  /** Said to everybody there: what is silent has to be known. */
  async run(ctx, { what: word, until, reason, critical }) {
    const what = await mutedOf(ctx, word);
    const evenCritical = critical === 'yes';
    const made = await muteAlerts(ctx, { what, until, reason: reason ?? null, evenCritical });
    const name = what.kind === 'incident' ? `The alerts of ${what.name}` : `Alerts of ${sayMuted(what)}`;
    const why = made.reason === null ? '' : `: ${made.reason}`;
    const text: Inline[] = [bold(name), ' are muted until ', moment(made.endsAt), `${why}.`];
    const through = evenCritical ? 'Critical ones are silent too.' : 'P0 and P1 break through.';
    const parts: Part[] = [
      {
        type: 'context',
        text: `They are counted; what still fires at the end opens an incident then. ${through}`,
      },
      {
        type: 'buttons',
        buttons: [{ label: 'Unmute', command: 'unmute', args: { what: made.id }, style: 'plain' }],
      },
    ];
    const { isKnown, text: now } = await firesNow(ctx, what);
    const message = say(now === '' ? text : [...text, ` ${now}`], ...parts);
    return tellAll(isKnown ? message : withTone(message, 'warn'));
  },
});

/** A name that nobody ever heard of is most likely a slip. */
async function firesNow(
  ctx: CommandContext,
  what: MuteTarget,
): Promise<{ readonly isKnown: boolean; readonly text: string }> {
  if (what.kind === 'incident') return { isKnown: true, text: '' };
  const { known, firing } = await alertsOf(ctx, what);
  const unknown = 'No alert of it has come yet: look whether the name is right.';
  if (known === 0) return { isKnown: false, text: unknown };
  const text =
    firing === 0
      ? ''
      : `${count(firing, 'alert')} of it fire${firing === 1 ? 's' : ''} now; open incidents stay open.`;
  return { isKnown: true, text };
}
