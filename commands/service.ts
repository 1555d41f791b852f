import type { CatalogueService } from '#src/cause/catalogue.ts';
import { arg } from '#src/chat/args.ts';
import { changeLine } from '#src/chat/change-line.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { namesOnCall } from '#src/chat/duty.ts';
import { catalogueAt, serviceAt, type ServiceView } from '#src/chat/look-services.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, code, link, say, type Inline, type Message, type Part, type Text } from '#src/chat/message.ts';
import { count, incidentLine, nameIn, type Names } from '#src/chat/names.ts';

/** The most in one message. */
const SHOWN = 30;

export const service = defineCommand({
  name: 'service',
  aliases: ['services', 'catalogue'],
  summary: 'See a service: its owner, who is on call, what it depends on, and how it is',
  group: 'Look deeper',
  examples: ['service', 'service checkout'],
  allow: 'viewer',
  args: { service: arg.optional(arg.text('Which one, by its id, name or alias', { max: 200 })) },

  async run(ctx, { service: word }) {
    const names = await allNames(ctx);
    if (word === undefined) return tellYou(listOf((await catalogueAt(ctx)).services, names));
    return tellYou(shown(await serviceAt(ctx, word), names, ctx.settings.publicUrl));
  },
});

function listOf(services: readonly CatalogueService[], names: Names): Message {
  if (services.length === 0) {
    return say(['No service is known. ', code('services'), ' in the setup file says which there are.']);
  }
  const items = services.slice(0, SHOWN).map((it): Text => {
    const owner = it.team === null ? 'nobody owns it' : `team ${nameIn(names, it.team)}`;
    const tier = it.tier === null ? '' : `, tier ${it.tier}`;
    return [bold(it.name), ' ', code(it.id), `: ${owner}${tier}`];
  });
  const left = services.length - items.length;
  const more: Part[] =
    left > 0 ? [{ type: 'context', text: `And ${count(left, 'more service')}; ask by name.` }] : [];
  return say([bold(count(services.length, 'service'))], { type: 'list', items }, ...more);
}

function shown(view: ServiceView, names: Names, publicUrl: string): Message {
  const { incidents, changes } = view;
  const { name } = view.service;
  const open: Part[] =
    incidents.length === 0
      ? [{ type: 'text', text: 'No incident of it is open.' }]
      : [
          { type: 'text', text: [bold('Open incidents')] },
          { type: 'list', items: incidents.map((it) => incidentLine(it, names, publicUrl)) },
        ];
  const changed: Part[] =
    changes.length === 0
      ? []
      : [
          { type: 'text', text: [bold('Last changes')] },
          { type: 'list', items: changes.map(changeLine) },
        ];
  return {
    parts: [
      { type: 'heading', text: name },
      { type: 'fields', fields: fieldsOf(view, names) },
      ...open,
      ...changed,
    ],
    summary: `${name}: ${count(incidents.length, 'open incident')}`,
    tone: incidents.length === 0 ? 'good' : 'warn',
  };
}

function fieldsOf({ service: it, usedBy, watch }: ServiceView, names: Names) {
  const onCall: Inline[] = watch
    ? [...namesOnCall(watch.now, names), ` (${watch.schedule.name})`]
    : ['nobody'];
  const all: readonly { readonly label: string; readonly value: Text | null }[] = [
    { label: 'Id', value: [code(it.id)] },
    { label: 'Also called', value: it.aliases.length === 0 ? null : it.aliases.join(', ') },
    { label: 'Owner', value: it.team === null ? 'nobody' : `team ${nameIn(names, it.team)}` },
    { label: 'On call now', value: onCall },
    { label: 'Tier', value: it.tier === null ? null : String(it.tier) },
    { label: 'Depends on', value: it.dependsOn.join(', ') || 'nothing' },
    { label: 'Used by', value: usedBy.join(', ') || 'nothing' },
    { label: 'Runbook', value: it.runbook === null ? 'none' : [link(it.runbook, it.runbook)] },
  ];
  return all.filter((field): field is { label: string; value: Text } => field.value !== null);
}
