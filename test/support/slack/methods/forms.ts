import type { Json } from '#test/support/slack/json.ts';
import { none, type Call, type Methods } from '#test/support/slack/method.ts';
import { invalidArguments, Refusal } from '#test/support/slack/refusal.ts';

/** The largest form, in bytes of its JSON: "view_too_large". */
const MOST_BYTES = 250_000;

export const formMethods: Methods = {
  'views.open': {
    token: 'bot',
    tier: 4,
    scopes: none,
    args: 'view! trigger_id! interactivity_pointer',
    run: open,
  },
  'views.push': {
    token: 'bot',
    tier: 4,
    scopes: none,
    args: 'view! trigger_id! interactivity_pointer',
    run: push,
  },
  'views.update': {
    token: 'bot',
    tier: 4,
    scopes: none,
    args: 'view! view_id external_id hash',
    run: update,
  },
  'views.publish': { token: 'bot', tier: 4, scopes: none, args: 'user_id! view! hash', run: publish },
};

function viewOf({ args }: Call): Json {
  const view = args.object('view');
  if (!view) throw invalidArguments('missing required field: view');
  if (Buffer.byteLength(args.text('view')) > MOST_BYTES) throw new Refusal('view_too_large');
  return view;
}

function open(call: Call) {
  const { views, triggers } = call.core;
  const body = viewOf(call);
  const view = views.open(triggers.use(call.args.text('trigger_id')), body);
  return { view: views.json(view) };
}

function push(call: Call) {
  const { views, triggers } = call.core;
  const body = viewOf(call);
  const view = views.push(triggers.use(call.args.text('trigger_id')), body);
  return { view: views.json(view) };
}

function update(call: Call) {
  const { args, core } = call;
  const { views } = core;
  if (!args.has('view_id') && !args.has('external_id')) {
    throw invalidArguments('view_id or external_id is needed');
  }
  const view = views.find(args.text('view_id'), args.text('external_id'));
  views.update(view, viewOf(call), args.has('hash') ? args.text('hash') : undefined);
  return { view: views.json(view) };
}

function publish(call: Call) {
  const { args, core } = call;
  if (!core.settings.hasHome) throw new Refusal('not_enabled');
  const user = core.world.users.get(args.text('user_id'));
  if (!user || user.deleted) throw invalidArguments('user not found [json-pointer:/user_id]');
  const view = core.views.publish(user.id, viewOf(call), args.has('hash') ? args.text('hash') : undefined);
  return { view: core.views.json(view) };
}
