import { z } from 'zod';

import { listContacts } from '#src/db/contacts.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { receiptsOf, type Receipt } from '#src/db/pages.ts';
import { findPerson } from '#src/db/people.ts';
import { addContact, codeWords, proveContact } from '#src/engine/contacts.ts';
import { addBrowser, forgetContact, labelOf, sortContacts, switchContact } from '#src/engine/own-contacts.ts';
import { ownRules, resetOwnRules, saveOwnRules } from '#src/engine/own-rules.ts';
import { answerOwnTest, sendTestPage } from '#src/engine/test-page.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import type { Person, PersonId } from '#src/incident/person.ts';
import { CONTACT_KINDS, type ContactKind } from '#src/paging/rules.ts';

import { route, type Call } from '../route.ts';
import { Handle } from '../shapes/common.ts';
import {
  MyPageShape,
  OwnShape,
  ReachShape,
  readRules,
  RulesInput,
  showOwn,
  showReach,
  UrgencyWord,
} from '../shapes/me.ts';
import { showReceipt } from '../shapes/receipt.ts';
import { viewerOf } from '../visible.ts';

/** How I am told: everybody changes their own, and nobody that of others. */

const ContactRef = z.object({ id: z.string().max(200) });
const PageRef = z.object({ id: z.string().max(200) });
const KINDS = CONTACT_KINDS.filter((it) => it !== 'chat');
const answersOwn = { status: 200, description: 'All of it, as it now stands.', body: OwnShape } as const;

export const meRoutes = [
  route({
    name: 'getMyRules',
    method: 'get',
    path: '/api/v1/me/rules',
    tag: 'People',
    summary: 'How I am told when I am paged: my contacts, my rules, and what follows from them now',
    access: 'incidents:read',
    answers: answersOwn,
    run: async (call) => await own(call),
  }),
  route({
    name: 'saveMyRules',
    method: 'put',
    path: '/api/v1/me/rules',
    tag: 'People',
    summary: 'Say how I want to be told',
    access: 'own:write',
    body: RulesInput,
    answers: answersOwn,
    run: async (call) => {
      await saveOwnRules(call.ctx, meOf(call).id, readRules(call.body));
      return await own(call);
    },
  }),
  route({
    name: 'resetMyRules',
    method: 'delete',
    path: '/api/v1/me/rules',
    tag: 'People',
    summary: 'Go back to the default rules; contacts stay',
    access: 'own:write',
    answers: answersOwn,
    run: async (call) => {
      await resetOwnRules(call.ctx, meOf(call).id);
      return await own(call);
    },
  }),
  route({
    name: 'addMyContact',
    method: 'post',
    path: '/api/v1/me/contacts',
    tag: 'People',
    summary: 'Add a way to tell me; a code is sent there, and again for one that is known',
    description:
      'For `push` the address is the JSON of a browser’s subscription; it needs no code. A phone is not used before its code was said.',
    access: 'own:write',
    body: z.strictObject({
      kind: z.enum(KINDS),
      address: z.string().min(1, 'say where to').max(4000),
    }),
    answers: {
      status: 200,
      description: 'All of it, as it now stands, and what became of the code.',
      body: z.object({ own: OwnShape, told: z.string() }),
    },
    run: async (call) => {
      const told = await add(call, meOf(call).id, call.body);
      return { body: { own: (await own(call)).body, told } };
    },
  }),
  route({
    name: 'proveMyContact',
    method: 'post',
    path: '/api/v1/me/contacts/prove',
    tag: 'People',
    summary: 'Say the code that was sent to a contact',
    access: 'own:write',
    body: z.strictObject({ code: z.string().regex(/\d/, 'type the digits of the code').max(40) }),
    answers: answersOwn,
    refuses: [404],
    run: async (call) => {
      await proveContact(call.ctx, meOf(call).id, call.body.code);
      return await own(call);
    },
  }),
  route({
    name: 'sortMyContacts',
    method: 'post',
    path: '/api/v1/me/contacts/order',
    tag: 'People',
    summary: 'Say in which order my contacts come where nothing else decides',
    access: 'own:write',
    body: z.strictObject({ ids: z.array(z.string().max(200)).max(50) }),
    answers: answersOwn,
    run: async (call) => {
      await sortContacts(call.ctx, meOf(call).id, call.body.ids);
      return await own(call);
    },
  }),
  route({
    name: 'switchMyContact',
    method: 'patch',
    path: '/api/v1/me/contacts/{id}',
    tag: 'People',
    summary: 'Switch one of my contacts on or off',
    access: 'own:write',
    params: ContactRef,
    body: z.strictObject({ enabled: z.boolean() }),
    answers: answersOwn,
    refuses: [404],
    run: async (call) => {
      await switchContact(call.ctx, meOf(call).id, call.params.id, call.body.enabled);
      return await own(call);
    },
  }),
  route({
    name: 'removeMyContact',
    method: 'delete',
    path: '/api/v1/me/contacts/{id}',
    tag: 'People',
    summary: 'Remove one of my contacts',
    access: 'own:write',
    params: ContactRef,
    answers: answersOwn,
    refuses: [404],
    run: async (call) => {
      await forgetContact(call.ctx, meOf(call).id, call.params.id);
      return await own(call);
    },
  }),
  route({
    name: 'listMyPages',
    method: 'get',
    path: '/api/v1/me/pages',
    tag: 'People',
    summary: 'What I was paged for lately, and what became of each message; the latest first',
    access: 'incidents:read',
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    answers: { status: 200, description: 'Test pages too.', body: z.array(MyPageShape) },
    run: async (call) => ({
      body: await shown(
        call,
        await receiptsOf(call.deps.db, { person: meOf(call).id, limit: call.query.limit }),
      ),
    }),
  }),
  route({
    name: 'sendTestPage',
    method: 'post',
    path: '/api/v1/me/test-page',
    tag: 'People',
    summary: 'Page myself, to see that it works; it goes the whole way by my rules',
    access: 'own:write',
    body: z.strictObject({ urgency: UrgencyWord }),
    answers: { status: 202, description: 'Its receipt, which goes on.', body: MyPageShape },
    run: async (call) => {
      const person = meOf(call).id;
      const { page } = await sendTestPage(call.ctx, person, call.body.urgency);
      const all = await receiptsOf(call.deps.db, { person, limit: 10 });
      const [body] = await shown(
        call,
        all.filter((it) => it.page.id === page),
      );
      if (!body) throw new Error('a page that was just made is not there');
      return { body };
    },
  }),
  route({
    name: 'answerTestPage',
    method: 'post',
    path: '/api/v1/me/pages/{id}/answer',
    tag: 'People',
    summary: 'Answer a test page of mine',
    access: 'own:write',
    params: PageRef,
    answers: { status: 200, description: 'What came of it.', body: z.object({ message: z.string() }) },
    refuses: [404],
    run: async (call) => ({
      body: { message: await answerOwnTest(call.ctx, meOf(call).id, call.params.id) },
    }),
  }),
  route({
    name: 'getReachability',
    method: 'get',
    path: '/api/v1/people/{id}/reachability',
    tag: 'People',
    summary: 'Whether somebody can be told, and how, without what leads to them',
    access: 'admin',
    params: z.object({ id: Handle }),
    answers: { status: 200, description: 'No address is in it.', body: ReachShape },
    refuses: [404],
    run: async (call) => {
      const person = await findPerson(call.deps.db, call.params.id);
      if (!person) throw new UserError('not_found', `There is no person called ${call.params.id}.`);
      return {
        body: showReach(person.id, await ownRules(call.ctx, person.id), await around(call, person)),
      };
    },
  }),
];

type Asking = Pick<Call, 'ctx' | 'deps' | 'who'>;

/** Throws `not_allowed` for a key that is nobody's. */
function meOf({ who }: Pick<Call, 'who'>): Person {
  if (who.person) return who.person;
  throw new UserError('not_allowed', 'This key belongs to nobody, and only people are told anything.');
}

async function own(call: Asking): Promise<{ body: z.input<typeof OwnShape> }> {
  const me = meOf(call);
  return { body: showOwn(await ownRules(call.ctx, me.id), await around(call, me)) };
}

async function around({ deps }: Asking, { id, timezone }: Person) {
  const entered = await listContacts(deps.db, id);
  return { entered, channels: deps.ways.names, pushKey: deps.pushKey, timezone };
}

/** What became of it, as a sentence for the one who asked. */
async function add(
  { ctx, deps }: Asking,
  person: PersonId,
  said: { readonly kind: ContactKind; readonly address: string },
): Promise<string> {
  const { kind } = said;
  const address = await deps.ways.parse(kind, said.address).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, error.message, { ...error.details, field: 'address' });
  });
  if (kind === 'push') {
    await addBrowser(ctx, person, address);
    return 'This browser tells you from now on.';
  }
  const { contact, code } = await addContact(ctx, person, { kind, address });
  try {
    await deps.ways.tell(kind, address, { ...codeWords(ctx, contact, code), by: person });
    return `A code is on its way to ${address}.`;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return `${address} is kept, but the code could not be sent: ${error.message}. Try again.`;
  }
}

async function shown({ deps, who }: Asking, receipts: readonly Receipt[]) {
  const numbers = [...new Set(receipts.flatMap(({ page }) => page.incident ?? []))];
  const { incidents } = await listIncidents(deps.db, {
    numbers,
    viewer: viewerOf(who),
    sort: 'created_at',
    order: 'desc',
    limit: Math.max(1, numbers.length),
    offset: 0,
  });
  return receipts.map((it) => {
    const about = incidents.find(({ number }) => number === it.page.incident);
    const to = ({ channel, address }: Receipt['notifications'][number]) => {
      const kind = CONTACT_KINDS.find((known) => known === channel);
      return kind === undefined || kind === 'chat' ? null : labelOf({ kind, address });
    };
    return {
      ...showReceipt(it, to),
      incident: about ? { number: about.number, title: about.title } : null,
    };
  });
}
