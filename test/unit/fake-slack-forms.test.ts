import { describe, expect, it } from 'vitest';

import { FIELD, input, listening, modal, plain, triggerOf } from '#test/support/slack/given.ts';
import type { Json } from '#test/support/slack/json.ts';

describe('the forms of the fake Slack', () => {
  it('open with a trigger, once and at once', async () => {
    const { slack, app, room, ana } = await listening(undefined, { patience: { triggerMs: 1500 } });
    const open = async (trigger_id: string) =>
      (await app.call('views.open', { trigger_id, view: modal(FIELD) })).json['error'];
    await slack.types(ana, room, '/incident declare');
    expect(await open(triggerOf(app))).toBe(undefined);
    expect(await open(triggerOf(app))).toBe('exchanged_trigger_id');
    expect(await open('1.2.3')).toBe('invalid_trigger_id');
    await slack.types(ana, room, '/incident declare');
    await new Promise((resolve) => {
      setTimeout(resolve, 1600);
    });
    expect(await open(triggerOf(app))).toBe('expired_trigger_id');
    expect(slack.form(ana)).toEqual({
      title: 'Declare',
      error: '',
      fields: [{ name: 'title', label: 'The title', value: 'slow', error: '', choices: [] }],
    });
    expect(slack.form(slack.people.bo)).toBe(null);
  });

  it('hand over every kind of field, and close', async () => {
    const offered = [{ text: plain('INC-77 the queue'), value: 'INC-77' }];
    const { slack, app, room, ana, bo } = await listening(({ payload }) =>
      payload['type'] === 'block_suggestion' ? { options: offered } : {},
    );
    const options = [
      { text: plain('Severe'), value: 'P1' },
      { text: plain('Small'), value: 'P3' },
    ];
    const view = modal(
      input('line', { type: 'plain_text_input' }),
      input('words', { type: 'plain_text_input', multiline: true }),
      input('severity', { type: 'static_select', options, initial_option: options[1] }),
      input('incident', { type: 'external_select', min_query_length: 0 }),
      input('who', { type: 'users_select' }),
      input('when', { type: 'datetimepicker' }),
      input('which', { type: 'checkboxes', options }, { optional: true }),
    );
    await slack.types(ana, room, '/incident declare');
    await app.call('views.open', { trigger_id: triggerOf(app), view });
    expect(slack.form(ana)?.fields.map(({ value, choices }) => ({ value, choices }))[2]).toEqual({
      value: 'Small',
      choices: ['Severe', 'Small'],
    });
    expect(await slack.suggests(ana, 'incident', '77')).toEqual(['INC-77 the queue']);
    await slack.fills(ana, {
      line: 'a\nb',
      'The words': 'c\nd',
      severity: 'Severe',
      incident: 'INC-77',
      who: `<@${bo.id}>`,
      when: '2026-11-21T05:00:00Z',
      which: 'P1\nSmall',
    });
    const sent = app.envelopes.at(-1)?.payload as {
      view: { state: { values: Record<string, Record<string, Json>> } };
    };
    expect(Object.entries(sent.view.state.values).map(([block, values]) => [block, values['value']])).toEqual(
      [
        ['arg:line', { type: 'plain_text_input', value: 'a b' }],
        ['arg:words', { type: 'plain_text_input', value: 'c\nd' }],
        ['arg:severity', { type: 'static_select', selected_option: options[0] }],
        ['arg:incident', { type: 'external_select', selected_option: offered[0] }],
        ['arg:who', { type: 'users_select', selected_user: bo.id }],
        ['arg:when', { type: 'datetimepicker', selected_date_time: 1_795_237_200 }],
        ['arg:which', { type: 'checkboxes', selected_options: options }],
      ],
    );
    expect(slack.form(ana)).toBe(null);
    expect(slack.measured.refused).toEqual([]);
  });

  it('are not sent while something that is needed is missing', async () => {
    const { slack, app, room, ana } = await listening();
    await slack.types(ana, room, '/incident declare');
    await app.call('views.open', { trigger_id: triggerOf(app), view: modal(FIELD) });
    const before = app.envelopes.length;
    await slack.fills(ana, { title: '' });
    expect(app.envelopes).toHaveLength(before);
    expect(slack.form(ana)?.fields[0]?.error).toBe('Please complete this required field.');
    await expect(slack.fills(ana, { nothing: 'x' })).rejects.toThrow('no field nothing');
  });

  it('say what is wrong, are replaced, lie on each other, and go away, as the acknowledgement says', async () => {
    const answers: Json[] = [
      { response_action: 'errors', errors: { 'arg:title': 'say more' } },
      { response_action: 'update', view: modal({ type: 'section', text: plain('Not quite') }, FIELD) },
      { response_action: 'push', view: modal(input('more', { type: 'plain_text_input' })) },
      {},
      { response_action: 'clear' },
    ];
    const { slack, app, room, ana } = await listening(({ payload }) =>
      payload['type'] === 'view_submission' ? (answers.shift() ?? {}) : {},
    );
    await slack.types(ana, room, '/incident declare');
    await app.call('views.open', { trigger_id: triggerOf(app), view: modal(FIELD) });
    await slack.fills(ana, { title: 'x' });
    expect(slack.form(ana)?.fields).toMatchObject([{ value: 'x', error: 'say more' }]);
    await slack.fills(ana, {});
    // What was entered stays where the field stays.
    expect(slack.form(ana)).toMatchObject({ error: 'Not quite', fields: [{ value: 'x' }] });
    await slack.fills(ana, {});
    expect(slack.form(ana)?.fields.map(({ name }) => name)).toEqual(['more']);
    await slack.fills(ana, { more: 'y' });
    expect(slack.form(ana)?.fields.map(({ name }) => name)).toEqual(['title']);
    await slack.fills(ana, {});
    expect(slack.modal(ana)).toBe(null);
    expect(slack.measured.refused).toEqual([]);
  });

  it('notice answers that Slack would not understand', async () => {
    const answers: Json[] = [
      { response_action: 'errors', errors: { title: 'say more' } },
      { response_action: 'update', view: { type: 'modal' } },
    ];
    const { slack, app, room, ana } = await listening(({ payload }) =>
      payload['type'] === 'view_submission' ? (answers.shift() ?? {}) : {},
    );
    await slack.types(ana, room, '/incident declare');
    await app.call('views.open', { trigger_id: triggerOf(app), view: modal(FIELD) });
    await slack.fills(ana, {});
    await slack.fills(ana, {});
    expect(slack.measured.refused.join('\n')).toMatch(/an error at title[^]*invalid_arguments/);
  });

  it('are changed while they are open, by whoever knows how they are now', async () => {
    const { slack, app, room, ana } = await listening();
    await slack.types(ana, room, '/incident declare');
    const { json } = await app.call('views.open', {
      trigger_id: triggerOf(app),
      view: modal({ type: 'section', text: plain('One moment') }),
    });
    const { id, hash } = json['view'] as { id: string; hash: string };
    expect(slack.form(ana)).toBe(null);
    expect(slack.modal(ana)).toEqual({ title: 'Declare', text: 'One moment' });
    const update = async (more: Json) =>
      (await app.call('views.update', { view: modal(FIELD), ...more })).json['error'];
    expect(await update({ view_id: id, hash })).toBe(undefined);
    expect(await update({ view_id: id, hash })).toBe('hash_conflict');
    expect(slack.form(ana)?.fields).toHaveLength(1);
    slack.closes(ana);
    expect(await update({ view_id: id })).toBe('not_found');
  });

  it('lie three on each other at most', async () => {
    const { slack, app, room, ana } = await listening();
    const errors: unknown[] = [];
    for (const method of ['views.open', 'views.push', 'views.push', 'views.push']) {
      await slack.types(ana, room, '/incident declare');
      errors.push((await app.call(method, { trigger_id: triggerOf(app), view: modal(FIELD) })).json['error']);
    }
    expect(errors).toEqual([undefined, undefined, undefined, 'push_limit_reached']);
  });

  it('are pages of their own, too', async () => {
    const { slack, app, ana, bo } = await listening();
    const view = {
      type: 'home',
      blocks: [{ type: 'actions', elements: [{ type: 'button', text: plain('Mine'), action_id: 'a' }] }],
    };
    expect((await app.call('views.publish', { user_id: ana.id, view })).json['ok']).toBe(true);
    expect(slack.home(ana)?.buttons).toEqual(['Mine']);
    expect(slack.home(bo)).toBe(null);
    await slack.presses(ana, slack.general, 'Mine');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'block_actions',
      container: { type: 'view' },
    });
    expect((await app.call('views.publish', { user_id: ana.id, view: modal(FIELD) })).json['error']).toBe(
      'invalid_arguments',
    );
  });
});
