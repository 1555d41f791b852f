import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import { describe } from '#src/incident/timeline.ts';
import type { Answer } from '#src/llm/door.ts';
import { SECTIONS, type PostMortem, type Section } from '#src/llm/tasks/post-mortem.ts';

import { byWhom } from './by-whom.ts';
import type { View } from './card-view.ts';
import { bold, link, say, type Message, type Part } from './message.ts';
import { nameIn, severityName, span, titleOf } from './names.ts';
import { foldAlerts, isTelling } from './story.ts';

/** Where a draft is read whole. */
export function draftUrl({ incident, publicUrl }: Pick<View, 'incident' | 'publicUrl'>): string {
  return `${publicUrl}/api/v1/incidents/${shortName(incident.number)}/post-mortem`;
}

const TITLES: Readonly<Record<Section, string>> = {
  summary: 'Summary',
  impact: 'Impact',
  cause: 'Cause',
  well: 'What went well',
  badly: 'What went badly',
  lucky: 'Where we were lucky',
};

/** For whoever asked for it. */
export function draftIsReady(view: View, answer: Omit<Answer<PostMortem>, 'call'>): Message {
  const { summary } = answer.value.sections;
  return say(
    [bold(`The draft of the post-mortem of ${titleOf(view.incident)} is there.`)],
    ...(summary.text === '' ? [] : [{ type: 'text', text: summary.text } as const]),
    { type: 'text', text: [link('Read all of it', draftUrl(view))] },
    { type: 'context', text: byWhom(answer) },
  );
}

/** The sections that say something, and what follows from them. */
export function draftParts({ sections, actions }: PostMortem): Part[] {
  const prose = SECTIONS.filter((it) => sections[it].text !== '').flatMap((it): Part[] => [
    { type: 'text', text: [bold(TITLES[it])] },
    { type: 'text', text: sections[it].text },
  ]);
  if (actions.length === 0) return prose;
  const items = actions.map(({ kind, text }) => `${text} (${kind})`);
  return [...prose, { type: 'text', text: [bold('What follows')] }, { type: 'list', items }];
}

/**
 * The whole document in Markdown: what was measured and the timeline by code, the prose as it was
 * drafted. Whatever people, senders or a model wrote stands in it as plain words.
 */
export function postMortemDocument(
  view: View,
  events: readonly LoggedEvent[],
  { sections, actions }: PostMortem,
  by: string,
): string {
  const { incident, names } = view;
  const lines = foldAlerts(events.filter(isTelling)).map(
    (event) =>
      `- ${event.at.toISOString().slice(0, 16).replace('T', ' ')} UTC ${words(describe(event, (id) => nameIn(names, id)))}`,
  );
  const prose = SECTIONS.map((it) => `## ${TITLES[it]}\n\n${words(sections[it].text) || '_Nothing yet._'}`);
  const todo = actions.map(({ kind, text }) => `- [ ] ${words(text)} (${kind})`);
  return [
    `# ${words(titleOf(incident))}`,
    `_${words(by)}_`,
    measured(view),
    ...prose,
    `## What follows\n\n${todo.join('\n') || '_Nothing yet._'}`,
    `## Timeline\n\n${lines.join('\n')}`,
    '',
  ].join('\n\n');
}

function measured({ incident }: View): string {
  const after = (at: Date | null) =>
    at === null ? 'never' : span(at.getTime() - incident.detectedAt.getTime());
  return [
    `| | |\n| --- | --- |`,
    `| Severity | ${severityName(incident.severity)} |`,
    `| Service | ${words(incident.resource?.name ?? 'not said')} |`,
    `| Broken since | ${incident.detectedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC |`,
    `| Acknowledged after | ${after(incident.acknowledgedAt)} |`,
    `| Resolved after | ${after(incident.resolvedAt)} |`,
  ].join('\n');
}

/** As words that no reader of Markdown or HTML takes for anything else. */
function words(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~]/g, String.raw`\$&`).replaceAll(/\s*\n\s*/g, ' ');
}
