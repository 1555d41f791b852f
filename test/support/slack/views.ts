import { createHash } from 'node:crypto';

import { invalidView } from './checks/views.ts';
import { isObject, objectOf, objectsOf, textOf, type Json } from './json.ts';
import { escaped } from './reading/entities.ts';
import { Refusal } from './refusal.ts';
import { APP_ID, BOT, TEAM, type World } from './world.ts';

/** What is entered in one field: as it goes to the program. */
export type Entered = Json & { readonly type: string };

export interface View {
  readonly id: string;
  readonly user: string;
  readonly rootId: string;
  readonly previousId: string | null;
  body: Json;
  hash: string;
  /** By block and action. */
  readonly entered: Map<string, Entered>;
  /** By block. */
  errors: Readonly<Record<string, string>>;
}

/** One on the other; Slack allows no more. */
const MOST_VIEWS = 3;

export function fieldKey(blockId: string, actionId: string): string {
  return `${blockId} ${actionId}`;
}

/** The forms that stand open for people, and their pages of the app. */
export class Views {
  readonly #world: World;
  readonly #open = new Map<string, View[]>();
  readonly #homes = new Map<string, View>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The one that the person sees. */
  top(user: string): View | null {
    return this.#open.get(user)?.at(-1) ?? null;
  }

  home(user: string): View | null {
    return this.#homes.get(user) ?? null;
  }

  open(user: string, body: Json): View {
    const view = this.#make(user, 'modal', body, null);
    this.#open.set(user, [view]);
    return view;
  }

  push(user: string, body: Json): View {
    const stack = this.#open.get(user) ?? [];
    const top = stack.at(-1);
    if (!top) throw new Refusal('not_found');
    if (stack.length >= MOST_VIEWS) throw new Refusal('push_limit_reached');
    const view = this.#make(user, 'modal', body, top);
    this.#open.set(user, [...stack, view]);
    return view;
  }

  publish(user: string, body: Json, hash: string | undefined): View {
    const before = this.#homes.get(user);
    if (before && hash !== undefined && hash !== before.hash) throw new Refusal('hash_conflict');
    const view = this.#make(user, 'home', body, null);
    this.#homes.set(user, view);
    return view;
  }

  /** The view with this id, or with the id that the program gave it, as long as it is open. */
  find(id: string, externalId = ''): View {
    const all = [...this.#open.values()].flat();
    const view = all.find(
      (it) => it.id === id || (externalId !== '' && it.body['external_id'] === externalId),
    );
    if (!view) throw new Refusal('not_found');
    return view;
  }

  /** What was entered in a field stays where the field stays: the same block, and the same action in it. */
  update(view: View, body: Json, hash?: string): void {
    if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict');
    this.#check(body, view.body['type'] === 'home' ? 'home' : 'modal', view.id);
    const before = new Map(view.entered);
    const initial = initially(body);
    view.body = withBlockIds(body);
    view.hash = this.#hash();
    view.errors = {};
    view.entered.clear();
    for (const [key, value] of initial) view.entered.set(key, before.get(key) ?? value);
  }

  /** The form is gone; the one below it is seen again. */
  close(view: View): void {
    this.#open.set(
      view.user,
      (this.#open.get(view.user) ?? []).filter((it) => it !== view),
    );
  }

  closeAll(user: string): void {
    this.#open.delete(user);
  }

  json(view: View): Json {
    const { id, user, body, hash, rootId, previousId, entered } = view;
    const values: Record<string, Record<string, Entered>> = {};
    for (const { blockId, actionId } of statefulElements(body)) {
      const value = entered.get(fieldKey(blockId, actionId));
      if (value) values[blockId] = { ...values[blockId], [actionId]: value };
    }
    return {
      id,
      team_id: TEAM.id,
      type: body['type'],
      private_metadata: body['private_metadata'] ?? '',
      callback_id: body['callback_id'] ?? '',
      state: { values },
      hash,
      ...(body['type'] === 'modal'
        ? { title: body['title'], submit: body['submit'] ?? null, close: body['close'] ?? null }
        : { title: null, submit: null, close: null }),
      blocks: body['blocks'],
      clear_on_close: body['clear_on_close'] ?? false,
      notify_on_close: body['notify_on_close'] ?? false,
      submit_disabled: body['submit_disabled'] ?? false,
      previous_view_id: previousId,
      root_view_id: rootId,
      app_id: APP_ID,
      app_installed_team_id: TEAM.id,
      external_id: body['external_id'] ?? '',
      bot_id: BOT.bot,
      ...(body['type'] === 'home' ? { user_id: user } : null),
    };
  }

  #make(user: string, type: 'modal' | 'home', body: Json, previous: View | null): View {
    this.#check(body, type, null);
    const id = this.#world.nextId('V');
    return {
      id,
      user,
      rootId: previous?.rootId ?? id,
      previousId: previous?.id ?? null,
      body: withBlockIds(body),
      hash: this.#hash(),
      entered: initially(body),
      errors: {},
    };
  }

  #check(body: Json, type: 'modal' | 'home', ownId: string | null): void {
    const refusal = invalidView(body, type);
    if (refusal) throw refusal;
    const externalId = textOf(body['external_id']);
    const all = [...this.#open.values()].flat();
    if (externalId !== '' && all.some((it) => it.body['external_id'] === externalId && it.id !== ownId)) {
      throw new Refusal('duplicate_external_id');
    }
  }

  #hash(): string {
    return `${this.#world.seconds()}.${createHash('sha1').update(this.#world.nextTs()).digest('hex').slice(0, 8)}`;
  }
}

export interface Field {
  readonly blockId: string;
  readonly actionId: string;
  readonly block: Json;
  readonly element: Json;
}

/** All that can be entered: fields, and menus elsewhere in it. */
export function statefulElements(body: Json): readonly Field[] {
  return objectsOf(body['blocks']).flatMap((block) => {
    const inBlock = [block['element'], block['accessory'], ...objectsOf(block['elements'])].map(objectOf);
    return inBlock
      .filter((it) => STATEFUL.test(textOf(it['type'])))
      .map((element) => ({
        blockId: textOf(block['block_id']),
        actionId: textOf(element['action_id']),
        block,
        element,
      }));
  });
}

const STATEFUL = /_input$|_select$|picker$|^radio_buttons$|^checkboxes$/;

/** Slack gives a name to blocks and actions that have none. */
export function withBlockIds(body: Json): Json {
  return { ...body, blocks: namedBlocks(objectsOf(body['blocks'])) };
}

export function namedBlocks(given: readonly Json[]): readonly Json[] {
  return escapedTexts(given).map((block, index) => {
    const id = textOf(block['block_id']) || `b${index.toString(36)}/${idOf(block)}`;
    const named = (element: unknown, at: number) => {
      const it = objectOf(element);
      const isInteractive =
        STATEFUL.test(textOf(it['type'])) || ['button', 'overflow'].includes(textOf(it['type']));
      return isInteractive && textOf(it['action_id']) === ''
        ? { ...it, action_id: `a${at}/${idOf(it)}` }
        : element;
    };
    return {
      ...block,
      block_id: id,
      ...(block['element'] === undefined ? null : { element: named(block['element'], 0) }),
      ...(block['accessory'] === undefined ? null : { accessory: named(block['accessory'], 0) }),
      ...(block['type'] === 'actions' && Array.isArray(block['elements'])
        ? { elements: block['elements'].map(named) }
        : null),
    };
  });
}

/** Slack keeps the words of `plain_text` escaped, however they came. */
function escapedTexts<T>(value: T): T {
  if (Array.isArray(value)) return value.map(escapedTexts) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, it]) => [name, escapedTexts(it)] as const);
  const copy = Object.fromEntries(entries);
  return (value['type'] === 'plain_text' ? { ...copy, text: escaped(textOf(value['text'])) } : copy) as T;
}

function idOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64url').slice(0, 5);
}

function initially(body: Json): Map<string, Entered> {
  const fields = statefulElements(withBlockIds(body));
  return new Map(
    fields.map(({ blockId, actionId, element }) => [fieldKey(blockId, actionId), initialOf(element)]),
  );
}

/** An element's value before anybody enters anything, as it stands in a view's state. */
function initialOf(element: Json): Entered {
  const type = textOf(element['type']);
  const name = VALUE_NAMES[type] ?? 'value';
  const initial = element[`initial_${INITIAL_NAMES[type] ?? name.replace(/^selected_/, '')}`];
  return { type, [name]: initial ?? (name.endsWith('s') ? [] : null) };
}

/** What a kind of element calls its value. */
export const VALUE_NAMES: Readonly<Record<string, string>> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  checkboxes: 'selected_options',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  rich_text_input: 'rich_text_value',
  plain_text_input: 'value',
};

const INITIAL_NAMES: Readonly<Record<string, string>> = { rich_text_input: 'value' };
