import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { departureOf, departuresOf } from '#src/chat/look-egress.ts';
import { bold, code, moment, say, type Inline, type Message } from '#src/chat/message.ts';
import { count, list } from '#src/chat/names.ts';
import type { Departure } from '#src/db/egress.ts';
import type { EgressRow } from '#src/db/schema-egress.ts';
import { UserError } from '#src/errors.ts';
import { shortName, STATUSES, type IncidentNumber } from '#src/incident/incident.ts';

/** The most in one message. */
const SHOWN = 15;

export const egress = defineCommand({
  name: 'egress',
  aliases: ['sent'],
  summary: 'See what left for a model about an incident, and what was taken out of it before',
  group: 'Look deeper',
  examples: ['egress', 'egress INC-42', 'egress INC-42 --text 7'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    text: arg.optional(
      arg.after(['text', 'number'], arg.word('The number of one of them, to read the text that was sent')),
    ),
  },

  async run(ctx, { incident: number, text }) {
    if (text !== undefined) return tellYou(whole(number, await departureOf(ctx, number, idOf(text))));
    const { departures, count: all, bytes } = await departuresOf(ctx, number, SHOWN);
    if (all === 0) return tellYou(say(`Nothing left about ${shortName(number)}.`));
    const left = all - departures.length;
    return tellYou({
      parts: [
        { type: 'heading', text: `What left about ${shortName(number)}` },
        { type: 'list', items: departures.map(lineOf) },
        {
          type: 'context',
          text: [
            `${count(all, 'request')} of ${kilobytes(bytes)} in all${left > 0 ? `; ${left} before these` : ''}. `,
            code(`egress ${shortName(number)} text ${departures[0]?.id}`),
            ' shows what was sent.',
          ],
        },
      ],
      summary: `What left about ${shortName(number)}: ${count(all, 'request')}, ${kilobytes(bytes)}`,
      tone: 'info',
    });
  },
});

function idOf(text: string): number {
  const id = Number(text.replace(/^#/, ''));
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new UserError('bad_arguments', `"${text}" is no number of one; \`egress\` lists them.`, {
    field: 'text',
  });
}

function lineOf({ id, at, task, model, bytes, removed }: Departure): Inline[] {
  return [bold(`#${id}`), ' ', moment(at), ` ${task}, to ${model}, ${kilobytes(bytes)}; ${taken(removed)}`];
}

function whole(number: IncidentNumber, row: EgressRow): Message {
  const { id, at, task, model, bytes, sha256, removed, text } = row;
  const kept = Buffer.byteLength(text) < bytes ? ', of which the beginning is kept' : '';
  return {
    parts: [
      { type: 'heading', text: `#${id}, sent to ${model}` },
      {
        type: 'text',
        text: [moment(at), `, for ${task}: ${kilobytes(bytes)}${kept}; ${taken(removed)}.`],
      },
      { type: 'code', text },
      { type: 'context', text: `SHA-256 of all of it: ${sha256}` },
    ],
    summary: `What was sent to ${model} about ${shortName(number)}`,
    tone: 'info',
  };
}

/** `2 emails and 1 github token taken out`. */
function taken(removed: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(removed).map(([kind, many]) => count(many, kind.replaceAll('_', ' ')));
  return kinds.length === 0 ? 'nothing was taken out' : `${list(kinds)} taken out`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 })} kB`;
}
