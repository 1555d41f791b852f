import { defineCommand, tellYou } from '#src/chat/command.ts';
import { mutesFor } from '#src/chat/look-mutes.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, say, type Inline, type Part } from '#src/chat/message.ts';
import { count, nameIn, type Names } from '#src/chat/names.ts';
import type { MuteRow } from '#src/db/mutes.ts';
import { sayMuted } from '#src/incident/muting.ts';

/** The most in one message. */
const SHOWN = 10;

export const muteList = defineCommand({
  name: 'mute-list',
  aliases: ['mutes'],
  summary: 'See what is muted, by whom, until when, and how much it has silenced',
  group: 'Be on call',
  examples: ['mute-list', 'mute list'],
  allow: 'viewer',
  args: {},

  async run(ctx) {
    const all = await mutesFor(ctx);
    if (all.length === 0) return tellYou(say('Nothing is muted.'));
    const names = await allNames(ctx);
    const parts = all.slice(0, SHOWN).flatMap((it) => partsOf(it, names));
    const left = all.length - SHOWN;
    const more: Part[] = left > 0 ? [{ type: 'context', text: `And ${left} more, which end later.` }] : [];
    return tellYou(say([bold('What is muted')], ...parts, ...more));
  },
});

function partsOf(it: MuteRow, names: Names): Part[] {
  const why = it.reason === null ? '' : `: ${it.reason}`;
  const critical = it.evenCritical ? ', critical ones too' : '';
  const text: Inline[] = [
    bold(sayMuted(it)),
    ' until ',
    moment(it.endsAt),
    `${critical}, by ${nameIn(names, it.createdBy)}${why}. ${count(it.silenced, 'message')} silenced`,
    ...(it.lastAt ? [', the last at ', moment(it.lastAt)] : []),
    '.',
  ];
  const button = { label: 'Unmute', command: 'unmute', args: { what: it.id }, style: 'plain' } as const;
  return [
    { type: 'text', text },
    { type: 'buttons', buttons: [button] },
  ];
}
