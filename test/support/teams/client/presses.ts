import type { Delivered as How } from '#test/support/fake-platform.ts';

import type { Deliverer } from '../delivering/deliverer.ts';
import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import type { Stage } from '../stage.ts';
import type { Posted, TeamsPerson } from '../world.ts';
import { actionsOf, cardsOf, elementsIn, inputsOf, kindOf, shownBy } from './cards.ts';
import { inRoom, maySee } from './eyes.ts';
import { entered } from './forms.ts';
import { confirmationIn, takeActionAnswer, takeTaskAnswer, type Origin } from './invokes.ts';
import { visibleActions } from './reading.ts';

/** A button that somebody can press, and what is sent with it. */
export interface Press {
  readonly who: TeamsPerson;
  readonly conversation: string;
  readonly posted: Posted | null;
  readonly action: Fields;
  /** What stands in the inputs beside it. */
  readonly values: Readonly<Record<string, string>>;
  /** Of the dialog that it is in. */
  readonly inDialog: boolean;
  readonly extension: Fields | null;
  /** Somebody was asked whether it was meant. */
  readonly isConfirmed?: boolean;
}

/** Presses as Teams carries them out: invokes, dialogs, messages without text. */
export class Presses {
  readonly #stage: Stage;
  readonly #deliverer: Deliverer;

  constructor(stage: Stage, deliverer: Deliverer) {
    this.#stage = stage;
    this.#deliverer = deliverer;
  }

  /** The newest button or option of this label that the person sees in the room, below its messages, or in their chat. */
  find(who: TeamsPerson, room: string, label: string): Press {
    const found = this.#candidates(who, room)
      .toReversed()
      .map((posted) => this.#pressOn(who, posted, label))
      .find((it) => it !== null);
    if (!found) throw new Error(`${who.name} sees no button ${label} in ${room}`);
    return found;
  }

  #candidates(who: TeamsPerson, room: string): readonly Posted[] {
    const { world } = this.#stage;
    const there = inRoom(this.#stage, who, room).flatMap(({ posted }) => posted ?? []);
    const below = there.flatMap((it) => world.posted.filter((other) => other.root === it.id && other !== it));
    const chat = world.hasChat(who)
      ? inRoom(this.#stage, who, world.chatWith(who)).flatMap(({ posted }) => posted ?? [])
      : [];
    const place = world.place(room);
    const head = place?.kind === 'channel' && place.root ? [place.root] : [];
    return [...new Set([...head, ...there, ...below, ...chat])]
      .filter((it) => maySee(this.#stage, who, it))
      .toSorted((a, b) => Number(a.id) - Number(b.id));
  }

  #pressOn(who: TeamsPerson, posted: Posted, label: string): Press | null {
    if (posted.author !== 'bot') return null;
    const view = posted.views.get(who.id);
    const base = {
      who,
      posted,
      conversation: this.#stage.world.conversationOf(posted),
      inDialog: false,
      extension: null,
    };
    for (const card of view ? [view] : cardsOf(posted.activity)) {
      const action = visibleActions(card).find((it) => it['title'] === label && it['isEnabled'] !== false);
      if (action) return { ...base, action, values: sentWith(action, card, {}) };
      const picked = picking(card, label);
      if (picked) return { ...base, ...picked };
    }
    return null;
  }

  async press(press: Press, how: How = {}): Promise<void> {
    const { action } = press;
    const kind = kindOf(action);
    const unfolded = shownBy(action);
    if (unfolded) {
      const next = confirmationIn(unfolded) ?? actionsOf(unfolded)[0];
      if (!next) throw new Error(`nothing to press below ${textOf(action['title'])}`);
      await this.press(
        { ...press, action: next, values: { ...press.values, ...sentWith(next, unfolded, {}) } },
        how,
      );
      return;
    }
    if (kind === 'Action.Execute') await this.#execute(press, how);
    else if (kind === 'Action.Submit') await this.#submit(press, how);
  }

  async #execute(press: Press, how: How): Promise<void> {
    const { action } = press;
    const data = { ...fieldsOf(action['data']), ...press.values };
    const sent = pruned({
      type: 'Action.Execute',
      id: action['id'],
      title: action['title'],
      verb: action['verb'],
      data,
    });
    await this.executes(press, sent, 'manual', how);
  }

  /** `trigger` is `automatic` when the app refreshes a card by itself. */
  async executes(
    press: Press,
    action: Fields,
    trigger: 'manual' | 'automatic',
    how: How = {},
  ): Promise<void> {
    const { who, conversation, posted } = press;
    const invoke = () =>
      this.#stage.inbound.invoke('adaptiveCard/action', who, conversation, { action, trigger }, posted?.id);
    await this.#deliverer.send(invoke, how, async (answer) => {
      const shown = takeActionAnswer(this.#stage, originOf(press), answer);
      if (shown && 'view' in shown && trigger === 'manual') await this.#goOn(press, shown.view);
    });
  }

  async #submit(press: Press, how: How): Promise<void> {
    const { who, conversation, posted, inDialog, extension, values } = press;
    const own = fieldsOf(press.action['data']);
    const data = { ...own, ...values };
    const context = { theme: 'default' };
    const teams = fieldsOf(own['msteams']);
    if (extension) {
      const value = { ...extension, data };
      await this.#task('composeExtension/submitAction', press, value, how);
    } else if (inDialog) await this.#task('task/submit', press, { data, context }, how);
    else if (teams['type'] === 'task/fetch') await this.#task('task/fetch', press, { data, context }, how);
    else {
      await this.#deliverer.send(() => submitted(this.#stage, who, conversation, posted, data, teams), how);
    }
  }

  async #task(name: string, press: Press, value: Fields, how: How): Promise<void> {
    const { who, conversation, posted } = press;
    const invoke = () => this.#stage.inbound.invoke(name, who, conversation, value, posted?.id);
    await this.#deliverer.send(invoke, how, async (answer) => {
      const shown = takeTaskAnswer(this.#stage, originOf(press), answer);
      if (shown && 'dialog' in shown) await this.#goOn({ ...press, inDialog: true }, shown.dialog);
    });
  }

  /** Where the program asks whether it was meant, it was; it is asked once. */
  async #goOn(press: Press, card: Fields): Promise<void> {
    const action = confirmationIn(card);
    if (!action || press.isConfirmed) return;
    this.#stage.dialogs.delete(press.who.id);
    await this.press({ ...press, action, values: {}, isConfirmed: true });
  }
}

function originOf({ who, conversation, posted, extension, action }: Press): Origin {
  return { who, conversation, posted, extension, label: textOf(action['title']) };
}

/** An option of a menu: chosen, and then the button that follows the menu. */
function picking(
  card: Fields,
  label: string,
): { action: Fields; values: Readonly<Record<string, string>> } | null {
  const menu = inputsOf(card).find((it) =>
    listOf(it['choices']).some((choice) => fieldsOf(choice)['title'] === label),
  );
  if (!menu) return null;
  const after = elementsIn(card).slice(elementsIn(card).findIndex((it) => it['id'] === menu['id']));
  const beside = after.find((it) => kindOf(it) === 'ActionSet');
  const action = beside ? fieldsOf(listOf(beside['actions'])[0]) : fieldsOf(listOf(card['actions'])[0]);
  return { action, values: sentWith(action, card, { [textOf(menu['id'])]: label }) };
}

/** What stands in a card's inputs, if it is sent with this button. */
function sentWith(
  action: Fields,
  card: Fields,
  answers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return action['associatedInputs'] === 'none' ? {} : entered(card, answers).values;
}

/** What a Submit that opens nothing sends: a message without words, with what was entered. */
function submitted(
  stage: Stage,
  who: TeamsPerson,
  conversation: string,
  posted: Posted | null,
  data: Fields,
  teams: Fields,
): Fields {
  const { msteams: _, ...value } = data;
  const id = stage.world.nextId();
  const base = {
    ...stage.inbound.base('message', who, conversation),
    id,
    ...(posted ? { replyToId: posted.id } : {}),
  };
  if (teams['type'] === 'imBack') return { ...base, text: teams['value'], textFormat: 'plain' };
  if (teams['type'] === 'messageBack') {
    return { ...base, text: teams['text'], value: teams['value'] ?? value, textFormat: 'plain' };
  }
  return { ...base, value };
}

function pruned(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, it]) => it !== undefined));
}
