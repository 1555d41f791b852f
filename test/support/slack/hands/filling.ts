import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';
import { optionProblems } from '#test/support/slack/checks/elements.ts';
import type { Core } from '#test/support/slack/core.ts';
import { isObject, objectOf, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import { optionsOf, readText } from '#test/support/slack/reading/blocks.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import {
  fieldKey,
  statefulElements,
  VALUE_NAMES,
  type Entered,
  type Field,
  type View,
} from '#test/support/slack/views.ts';

import { fieldName } from '../forms.ts';
import { common, userOf, type Repeats } from './common.ts';

export interface Filling {
  readonly fills: FakePlatform['fills'];
  /** What the program offers in a field whose choices it is asked for while somebody types. */
  readonly suggests: (who: FakePerson, field: string, typed: string) => Promise<readonly string[]>;
}

/** What people do with the form that stands open. */
export function filling(core: Core, repeats: Repeats): Filling {
  const isDelivered = new Set<string>();
  return {
    async fills(who, answers, how = {}) {
      const isRepeat = how.delivery !== undefined && isDelivered.has(how.delivery);
      if (how.delivery !== undefined) isDelivered.add(how.delivery);
      if (isRepeat) return await repeats.deliver(how, () => async () => {});
      const view = openFor(core, who);
      await enter(core, who, view, answers);
      view.errors = notYet(view);
      // Slack's own app does not send what is not complete.
      if (Object.keys(view.errors).length === 0) await repeats.deliver(how, () => submit(core, who, view));
    },
    async suggests(who, field, typed) {
      const view = openFor(core, who);
      const options = await suggestions(core, who, view, fieldOf(core, view, field), typed);
      return options.map((it) => readText(core.world, it['text']).text);
    },
  };
}

function openFor(core: Core, who: FakePerson): View {
  const view = core.views.top(userOf(core, who).id);
  if (!view || !isObject(view.body['submit'])) throw new Error(`No form stands open for ${who.name}`);
  return view;
}

function fieldsOf(view: View): readonly Field[] {
  return statefulElements(view.body).filter(({ block }) => block['type'] === 'input');
}

/** By its name, its block, its action or its label. */
function fieldOf(core: Core, view: View, wanted: string): Field {
  const found = fieldsOf(view).find((it) => {
    const label = readText(core.world, it.block['label']).text;
    return [fieldName(it), it.blockId, it.actionId, label].includes(wanted);
  });
  if (!found) throw new Error(`The form has no field ${wanted}`);
  return found;
}

async function enter(
  core: Core,
  who: FakePerson,
  view: View,
  answers: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, answer] of Object.entries(answers)) {
    const field = fieldOf(core, view, name);
    const value = await valueOf(core, who, view, field, answer);
    view.entered.set(fieldKey(field.blockId, field.actionId), value);
  }
}

async function valueOf(
  core: Core,
  who: FakePerson,
  view: View,
  field: Field,
  answer: string,
): Promise<Entered> {
  const { element } = field;
  const type = textOf(element['type']);
  const name = VALUE_NAMES[type] ?? 'value';
  const entered = (value: unknown): Entered => ({ type, [name]: value });
  if (answer === '') return entered(name.endsWith('s') ? [] : null);
  if (name === 'selected_option' || name === 'selected_options') {
    const offered = type.includes('external')
      ? await suggestions(core, who, view, field, answer)
      : optionsOf(element);
    const wanted = name === 'selected_option' ? [answer] : answer.split('\n');
    const picked = wanted.map((it) => optionOf(core, offered, it, fieldName(field)));
    return entered(name === 'selected_option' ? picked[0] : picked);
  }
  if (name === 'selected_user') return entered(personOf(core, answer));
  if (name === 'selected_date_time') {
    return entered(/^\d+$/.test(answer) ? Number(answer) : new Date(answer).getTime() / 1000);
  }
  const isLine = type === 'plain_text_input' && element['multiline'] !== true;
  const most = typeof element['max_length'] === 'number' ? element['max_length'] : 3000;
  return entered((isLine ? answer.replaceAll('\n', ' ') : answer).slice(0, most));
}

function optionOf(core: Core, offered: readonly Json[], wanted: string, field: string): Json {
  const found = offered.find(
    (it) => it['value'] === wanted || readText(core.world, it['text']).text === wanted,
  );
  if (!found) throw new Error(`The field ${field} does not offer "${wanted}"`);
  return found;
}

function personOf({ world }: Core, answer: string): string {
  const id = answer.replace(/^<@(.*)>$/, '$1');
  const user =
    world.users.get(id) ??
    [...world.users.values()].find((it) =>
      [it.name, it.realName, it.email].includes(answer.replace(/^@/, '')),
    );
  if (!user) throw new Error(`There is nobody called ${answer}`);
  return user.id;
}

/** What Slack's own app says before it sends anything. */
function notYet(view: View): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const { blockId, actionId, block, element } of fieldsOf(view)) {
    const value = view.entered.get(fieldKey(blockId, actionId));
    const given = value?.[VALUE_NAMES[value.type] ?? 'value'];
    const isEmpty =
      given === null || given === undefined || given === '' || (Array.isArray(given) && given.length === 0);
    if (isEmpty && block['optional'] !== true) errors[blockId] = 'Please complete this required field.';
    const least = element['min_length'];
    if (typeof given === 'string' && typeof least === 'number' && given.length < least) {
      errors[blockId] = `Must be at least ${least} characters.`;
    }
  }
  return errors;
}

function submit(core: Core, who: FakePerson, view: View): () => Promise<void> {
  const user = userOf(core, who);
  const payload = {
    ...common(core, user),
    type: 'view_submission',
    trigger_id: core.triggers.make(user.id),
    view: core.views.json(view),
    response_urls: [],
  };
  let isAnswered = false;
  return async () => {
    await core.post.deliver({ kind: 'interactive', payload }, (body) => {
      if (!isAnswered) answered(core, view, body);
      isAnswered = true;
    });
  };
}

/** What the acknowledgement of a form says is to become of it. */
function answered(core: Core, view: View, body: Json): void {
  const { views, measured } = core;
  const action = body['response_action'];
  const refuse = (why: string) => measured.refused.push(`view_submission: ${why}`);
  try {
    if (action === undefined) {
      if (Object.keys(body).length > 0) {
        refuse(`an answer without a response_action: ${JSON.stringify(body)}`);
      }
      views.close(view);
    } else if (action === 'clear') views.closeAll(view.user);
    else if (action === 'update') views.update(view, objectOf(body['view']));
    else if (action === 'push') views.push(view.user, objectOf(body['view']));
    else if (action === 'errors') view.errors = errorsOf(view, objectOf(body['errors']), refuse);
    else refuse(`there is no response_action ${JSON.stringify(action)}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(`${error.word} ${JSON.stringify(error.details)}`);
  }
}

function errorsOf(view: View, errors: Json, refuse: (why: string) => void): Readonly<Record<string, string>> {
  const known = new Set(fieldsOf(view).map(({ blockId }) => blockId));
  const entries = Object.entries(errors);
  if (entries.length === 0) refuse('errors without an error');
  for (const [id, text] of entries) {
    if (!known.has(id) || textOf(text) === '') refuse(`an error at ${id}, where there is no field`);
  }
  return Object.fromEntries(entries.map(([id, text]) => [id, textOf(text)]));
}

/** Asks the program what a field offers. */
async function suggestions(
  core: Core,
  who: FakePerson,
  view: View,
  field: Field,
  typed: string,
): Promise<readonly Json[]> {
  const user = userOf(core, who);
  const payload = {
    ...common(core, user),
    type: 'block_suggestion',
    action_id: field.actionId,
    block_id: field.blockId,
    value: typed,
    container: { type: 'view', view_id: view.id },
    view: core.views.json(view),
  };
  let options: readonly Json[] = [];
  await core.post.deliver({ kind: 'interactive', payload }, (body) => {
    options = [
      ...objectsOf(body['options']),
      ...objectsOf(body['option_groups']).flatMap((it) => objectsOf(it['options'])),
    ];
    const wrong = options.flatMap((it, index) => [...optionProblems(it, `/options/${index}`)]);
    const many = options.length > 100 ? ['more than 100 options'] : [];
    for (const it of [...wrong, ...many]) core.measured.refused.push(`block_suggestion: ${it}`);
  });
  return options;
}
