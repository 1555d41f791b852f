import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { call } from '#test/support/discord/raw-bot.ts';
import { test } from '#test/support/discord/testing.ts';

/** The codes of all that is wrong with a form, by field. */
function wrong(errors: object, path = ''): string[] {
  return Object.entries(errors).flatMap(([name, value]) =>
    name === '_errors'
      ? (value as { code: string }[]).map(({ code }) => `${path} ${code}`)
      : wrong(value as object, path === '' ? name : `${path}.${name}`),
  );
}

const many = <T>(times: number, of: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, index) => of(index));
const button = (index: number, more: object = {}) => ({
  type: 2,
  style: 1,
  label: `B${index}`,
  custom_id: `k${index}`,
  ...more,
});
const row = (...components: object[]) => ({ type: 1, components });

describe('a message', () => {
  const cases: readonly [string, object, string][] = [
    ['content of 2001 characters', { content: 'x'.repeat(2001) }, 'content BASE_TYPE_MAX_LENGTH'],
    ['eleven embeds', { embeds: many(11, () => ({ title: 'x' })) }, 'embeds '],
    ['a title of 257', { embeds: [{ title: 'x'.repeat(257) }] }, 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
    [
      'a field without a value',
      { embeds: [{ fields: [{ name: 'x', value: '' }] }] },
      'embeds.0.fields.0.value BASE_TYPE_REQUIRED',
    ],
    [
      '6001 characters in embeds',
      { embeds: many(2, () => ({ description: 'x'.repeat(3001) })) },
      'embeds MAX_EMBED_SIZE_EXCEEDED',
    ],
    ['a script behind a title', { embeds: [{ title: 'x', url: 'javascript:alert(1)' }] }, 'embeds.0.url '],
    ['six rows', { content: 'x', components: many(6, (it) => row(button(it))) }, 'components '],
    [
      'six buttons in a row',
      { content: 'x', components: [row(...many(6, (it) => button(it)))] },
      'components.0.components ',
    ],
    [
      'a label of 81',
      { content: 'x', components: [row(button(1, { label: 'x'.repeat(81) }))] },
      'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a custom id of 101',
      { content: 'x', components: [row(button(1, { custom_id: 'x'.repeat(101) }))] },
      'components.0.components.0.custom_id BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a custom id twice',
      { content: 'x', components: [row(button(1), button(1))] },
      'components COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a button without a name',
      { content: 'x', components: [row(button(1, { label: '' }))] },
      'components.0.components.0 BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED',
    ],
    ['a flag for one reader alone', { content: 'x', flags: 64 }, 'flags MESSAGE_FLAGS_INVALID'],
    [
      'words beside the new layout',
      { content: 'x', flags: 1 << 15, components: [{ type: 10, content: 'y' }] },
      'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      'the new layout without its flag',
      { components: [{ type: 10, content: 'y' }] },
      'components.0.type UNION_TYPE_CHOICES',
    ],
    [
      '41 components',
      { flags: 1 << 15, components: many(41, () => ({ type: 10, content: 'y' })) },
      'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      '4001 characters in components',
      { flags: 1 << 15, components: many(3, () => ({ type: 10, content: 'y'.repeat(1334) })) },
      'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    ['a nonce of 26', { content: 'x', nonce: 'x'.repeat(26) }, 'nonce '],
    [
      'mentions allowed twice',
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['123456'] } },
      'allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [
      'mentions of another kind',
      { content: 'x', allowed_mentions: { parse: ['all'] } },
      'allowed_mentions.parse.0 ',
    ],
    [
      'a file that was not sent',
      { content: 'x', attachments: [{ id: '0' }] },
      'attachments.0.id ATTACHMENT_NOT_FOUND',
    ],
  ];

  for (const [name, body, expected] of cases) {
    test(`is refused for ${name}`, async ({ fake, bot }) => {
      const { status, body: answer } = await bot.post(`/channels/${fake.general}/messages`, body);
      expect([status, answer.code]).toEqual([400, 50035]);
      const all = wrong(answer.errors);
      expect(all.some((it) => it.startsWith(expected) || it.startsWith('_specification'))).toBe(true);
      expect(fake.measured.refused).toHaveLength(1);
      expect(fake.messages(fake.people.ana, fake.general)).toEqual([]);
    });
  }

  test('may be as large as Discord allows', async ({ fake, bot }) => {
    const path = `/channels/${fake.general}/messages`;
    const full = {
      content: 'x'.repeat(2000),
      components: many(5, (it) => row(...many(5, (at) => button(it * 5 + at)))),
    };
    expect(await bot.post(path, full)).toMatchObject({ status: 200 });
    const v2 = { flags: 1 << 15, components: many(40, () => ({ type: 10, content: 'y'.repeat(100) })) };
    expect(await bot.post(path, v2)).toMatchObject({ status: 200, body: { flags: 1 << 15 } });
  });

  test('says something', async ({ fake, bot }) => {
    expect(await bot.post(`/channels/${fake.general}/messages`, { content: '   ' })).toMatchObject({
      status: 400,
      body: { code: 50006 },
    });
  });

  test('is sent once per nonce where that is enforced', async ({ fake, bot }) => {
    const path = `/channels/${fake.general}/messages`;
    const send = async (nonce: string, enforced = true) =>
      (await bot.post(path, { content: 'once', nonce, enforce_nonce: enforced })).body.id;
    const first = await send('a');
    expect(await send('a')).toBe(first);
    expect(await send('b')).not.toBe(first);
    expect(await send('a', false)).not.toBe(first);
    expect(fake.messages(fake.people.bo, fake.general)).toHaveLength(3);
  });

  test('forgets its nonce after some minutes', async ({ make }) => {
    let ms = Date.parse('2026-03-01T08:00:00Z');
    const fake = await make({ now: () => new Date(ms) });
    const send = async () =>
      (
        await call(fake, 'POST', `/channels/${fake.general}/messages`, {
          content: 'x',
          nonce: 'a',
          enforce_nonce: true,
        })
      ).body.id;
    const first = await send();
    ms += 10 * 60_000;
    expect(await send()).not.toBe(first);
  });

  test('is changed by its author alone, and cannot lose its layout', async ({ fake, bot }) => {
    const { ana } = fake.people;
    await fake.types(ana, fake.general, 'mine');
    const [words] = fake.messages(ana, fake.general);
    const path = `/channels/${fake.general}/messages`;
    expect(await bot.patch(`${path}/${words?.id}`, { content: 'yours' })).toMatchObject({
      status: 403,
      body: { code: 50005 },
    });
    expect(await bot.delete(`${path}/${words?.id}`)).toMatchObject({ status: 403, body: { code: 50013 } });
    const { body } = await bot.post(path, { flags: 1 << 15, components: [{ type: 10, content: 'new' }] });
    expect(await bot.patch(`${path}/${body.id}`, { content: 'old' })).toMatchObject({ status: 400 });
    expect(
      await bot.patch(`${path}/${body.id}`, { components: [{ type: 10, content: 'newer' }] }),
    ).toMatchObject({ status: 200 });
    expect(await bot.patch(`${path}/999999999`, { content: 'x' })).toMatchObject({
      status: 404,
      body: { code: 10008 },
    });
    expect(fake.messages(ana, fake.general).map(({ text }) => text)).toEqual(['mine', 'newer']);
  });

  test('brings files, which are fetched from a signed address for a day', async ({ make }) => {
    let ms = Date.parse('2026-03-01T08:00:00Z');
    const fake = await make({ now: () => new Date(ms) });
    const form = new FormData();
    form.set(
      'payload_json',
      JSON.stringify({
        content: 'chart',
        attachments: [{ id: 0, filename: 'chart.png', description: 'latency' }],
      }),
    );
    form.set('files[0]', new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' }), 'x.png');
    const { body } = await call(fake, 'POST', `/channels/${fake.general}/messages`, form);
    const [file] = body.attachments;
    expect(file).toMatchObject({
      filename: 'chart.png',
      size: 3,
      content_type: 'image/png',
      description: 'latency',
    });
    const fetched = await fetch(file.url);
    expect([
      fetched.status,
      fetched.headers.get('content-type'),
      (await fetched.arrayBuffer()).byteLength,
    ]).toEqual([200, 'image/png', 3]);
    expect((await fetch(file.url.replace('hm=', 'hm=0'))).status).toBe(404);
    ms += 25 * 3_600_000;
    expect((await fetch(file.url)).status).toBe(404);
    const again = await call(fake, 'GET', `/channels/${fake.general}/messages/${body.id}`);
    expect((await fetch(again.body.attachments[0].url)).status).toBe(200);
    expect(fake.messages(fake.people.ana, fake.general)[0]?.files).toEqual([
      { name: 'chart.png', bytes: new Uint8Array([1, 2, 3]) },
    ]);
  });

  test('notifies whom it mentions, as far as its sender lets it and may', async ({ fake, bot }) => {
    const { ana, bo } = fake.people;
    const content = `<@${ana.id}> <@${bo.id}> @everyone <@&${fake.guildId}>`;
    const send = async (allowed?: object) =>
      void (await bot.post(`/channels/${fake.general}/messages`, {
        content,
        ...(allowed ? { allowed_mentions: allowed } : null),
      }));
    await send();
    await send({ parse: [] });
    await send({ parse: [], users: [bo.id] });
    await send({ parse: ['users'] });
    fake.permit(Bits.Administrator);
    await send({ parse: ['everyone'] });
    expect(fake.messages(ana, fake.general).map(({ notified }) => notified)).toEqual([
      [ana.id, bo.id],
      [],
      [bo.id],
      [ana.id, bo.id],
      ['everyone'],
    ]);
  });
});
