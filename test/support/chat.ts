import { randomUUID } from 'node:crypto';

import { commands } from '#commands/index.ts';
import type { TestAlert, Ways } from '#src/chat/command.ts';
import { makeDispatch, type Dispatch } from '#src/chat/dispatch.ts';
import { plainMessage, type Button, type Form, type Message, type Select } from '#src/chat/message.ts';
import type { Outcome, Ref } from '#src/chat/platform.ts';
import { savePerson, saveTeam } from '#src/db/people.ts';
import { saveRoom } from '#src/db/rooms.ts';
import type { Db } from '#src/db/schema.ts';
import type { EngineSettings } from '#src/engine/context.ts';
import type { Person, PersonId, TeamId } from '#src/incident/person.ts';
import { closedDoor } from '#src/llm/door.ts';
import { parseEmail } from '#src/notify/mail-address.ts';
import { parsePhone } from '#src/notify/phone.ts';
import { hashingEmbedder } from '#src/search/hashing.ts';

import { engineContext, SetClock } from './context.ts';

/** Everything that a command may need around it, without a chat platform: people speak and are answered. */
export class Talk {
  readonly clock = new SetClock();
  readonly logged: unknown[] = [];
  readonly db: Db;
  readonly dispatch: Dispatch;
  /** What was sent to people outside of the chat. */
  readonly sent: { readonly kind: string; readonly to: string; readonly subject: string }[] = [];
  readonly ways: Ways = {
    names: ['email', 'sms'],
    parse: async (kind, address) => (kind === 'sms' ? parsePhone(address) : parseEmail(address)),
    tell: async (kind, to, { subject }) => void this.sent.push({ kind, to, subject }),
  };

  constructor(db: Db, settings: Partial<EngineSettings> = {}, llm = closedDoor()) {
    this.db = db;
    const { actor: _, role: __, ...engine } = engineContext(db, { clock: this.clock, settings });
    this.dispatch = makeDispatch({
      ...engine,
      commands,
      testSources: ['alertmanager', 'grafana'],
      sendTestAlert: (source): Promise<TestAlert> =>
        Promise.resolve({ title: `a sample of ${source}`, status: 'accepted', incident: null }),
      ways: this.ways,
      llm,
      embedder: hashingEmbedder(),
      log: { error: (details) => this.logged.push(details) },
    });
  }

  /** Ana and Bo answer calls, Bo in the team payments; Vi looks on; INC-1 is open as P1, and this is its room. */
  async begin(): Promise<Ref> {
    await this.addPerson('ana');
    await this.addPerson('bo');
    await this.addPerson('vi', { role: 'viewer' });
    const payments = { id: 'payments' as TeamId, name: 'Payments', members: ['bo' as PersonId] };
    await saveTeam(this.db, payments, this.clock.now());
    await this.types('ana', 'declare sev2 checkout is down --service checkout');
    return await this.openRoom(1);
  }

  async addPerson(id: string, changes: Partial<Person> = {}): Promise<void> {
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    const person = {
      id: id as PersonId,
      name,
      email: null,
      role: 'responder',
      timezone: 'UTC',
      active: true,
    } as const;
    await savePerson(this.db, { ...person, ...changes }, this.clock.now());
  }

  /** The room of an incident, as the program would have opened it. */
  async openRoom(incident: number): Promise<Ref> {
    const room = `room-${incident}`;
    await saveRoom(this.db, {
      incident,
      platform: 'web',
      room,
      name: `inc-${incident}`,
      url: `http://incidents.example/rooms/${room}`,
      card: null,
      openedAt: this.clock.now(),
      archivedAt: null,
    });
    return { platform: 'web', id: room };
  }

  async types(who: string, text: string, room: Ref | null = null): Promise<Answer> {
    const person = { platform: 'web', id: who };
    return new Answer(
      await this.dispatch.invoked({ id: randomUUID(), person, room, ask: { type: 'typed', text } }),
    );
  }

  async presses(
    who: string,
    button: Pick<Button, 'command' | 'args'>,
    room: Ref | null = null,
  ): Promise<Answer> {
    const person = { platform: 'web', id: who };
    const { command, args } = button;
    return new Answer(
      await this.dispatch.invoked({ id: randomUUID(), person, room, ask: { type: 'saved', command, args } }),
    );
  }

  /** Sends a form with some of its fields changed. */
  async fills(
    who: string,
    form: Form,
    changes: Readonly<Record<string, string>>,
    room: Ref | null = null,
  ): Promise<Answer> {
    const person = { platform: 'web', id: who };
    const shown = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
    const ask = {
      type: 'form',
      command: form.command,
      args: { ...form.known, ...shown, ...changes },
    } as const;
    return new Answer(await this.dispatch.invoked({ id: randomUUID(), person, room, ask }));
  }
}

/** What somebody gets to see. Asking for a part that is not there throws. */
export class Answer {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }

  get message(): Message {
    const { outcome } = this;
    if (outcome.type === 'reply') return outcome.message;
    throw new Error(`a form, not a message: ${JSON.stringify(outcome.form)}`);
  }

  get form(): Form {
    if (this.outcome.type === 'reply') throw new Error(`a message, not a form: ${this.text}`);
    return this.outcome.form;
  }

  get text(): string {
    return plainMessage(this.message);
  }

  get visible(): 'private' | 'room' {
    if (this.outcome.type === 'form') throw new Error('a form is for one person');
    return this.outcome.visible;
  }

  get buttons(): Button[] {
    return this.message.parts.flatMap((part) => (part.type === 'buttons' ? part.buttons : []));
  }

  button(label: string): Button {
    const found = this.buttons.find((it) => it.label === label);
    if (!found) throw new Error(`no button ${label} among ${this.buttons.map((it) => it.label).join(', ')}`);
    return found;
  }

  get select(): Select {
    const part = this.message.parts.find((it) => it.type === 'select');
    if (!part) throw new Error('nothing to choose from');
    return part.select;
  }
}
