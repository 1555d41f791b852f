import { MessageFlags as Flags } from 'discord-api-types/v10';

import type { Upload } from '#test/support/discord/call.ts';
import { Problems } from '#test/support/discord/errors.ts';
import { idOf, listOf, textOf } from '#test/support/discord/json.ts';
import type { Json } from '#test/support/discord/world.ts';

import { checkComponents } from './components.ts';

/** A message as a bot sends it; everything may be left out. */
export interface MessageBody {
  readonly content?: string | null;
  readonly embeds?: readonly Json[] | null;
  readonly components?: readonly Json[] | null;
  readonly flags?: number | null;
  readonly allowed_mentions?: AllowedMentions | null;
  readonly attachments?: readonly Json[] | null;
  readonly message_reference?: {
    readonly message_id?: string;
    readonly fail_if_not_exists?: boolean;
    readonly type?: number;
  } | null;
  readonly nonce?: string | number | null;
  readonly enforce_nonce?: boolean | null;
}

export interface AllowedMentions {
  readonly parse?: readonly string[] | null;
  readonly users?: readonly string[] | null;
  readonly roles?: readonly string[] | null;
  readonly replied_user?: boolean | null;
}

/** What a message may be flagged as when it is sent, by anybody and by who answers an interaction. */
const SENDABLE =
  Flags.SuppressEmbeds | Flags.SuppressNotifications | Flags.IsComponentsV2 | Flags.IsVoiceMessage;

/**
 * Checks a message that is sent, or a change of one, whose flags are `before` then.
 * Throws 50035, which says all that is wrong.
 */
export function checkMessage(
  body: MessageBody,
  files: readonly Upload[],
  { isInteraction, before }: { readonly isInteraction: boolean; readonly before: number | null },
): void {
  const problems = new Problems();
  const flags = body.flags ?? 0;
  const isV2 = ((flags | (before ?? 0)) & Flags.IsComponentsV2) !== 0;
  problems.length('content', body.content ?? '', 0, 2000);
  checkEmbeds(problems, body.embeds ?? []);
  checkComponents(problems, body.components ?? [], isV2);
  if (body.allowed_mentions) checkAllowedMentions(problems, body.allowed_mentions);
  checkFlags(problems, flags, isInteraction);
  if (isV2) checkNothingOld(problems, body);
  checkFiles(problems, body, files);
  if (typeof body.nonce === 'string') problems.length('nonce', body.nonce, 0, 25);
  problems.check();
}

function checkFlags(problems: Problems, flags: number, isInteraction: boolean): void {
  const mayBe = isInteraction ? SENDABLE | Flags.Ephemeral : SENDABLE;
  if ((flags & ~mayBe) !== 0) {
    problems.add('flags', 'MESSAGE_FLAGS_INVALID', `Flags ${flags & ~mayBe} cannot be set on this message.`);
  }
}

function checkNothingOld(problems: Problems, { content, embeds }: MessageBody): void {
  const old = [...(content ? ['content'] : []), ...((embeds?.length ?? 0) > 0 ? ['embeds'] : [])];
  for (const name of old) {
    const message = `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
    problems.add(name, 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
  }
}

function checkEmbeds(problems: Problems, embeds: readonly Json[]): void {
  problems.count('embeds', embeds, 0, 10);
  let total = 0;
  const limit = (path: string, text: unknown, min: number, max: number) => {
    const length = typeof text === 'string' ? text : '';
    total += length.length;
    problems.length(path, length, min, max);
  };
  for (const [index, embed] of embeds.entries()) {
    const at = `embeds.${index}`;
    limit(`${at}.title`, embed['title'], 0, 256);
    limit(`${at}.description`, embed['description'], 0, 4096);
    limit(
      `${at}.footer.text`,
      (embed['footer'] as Json | undefined)?.['text'],
      embed['footer'] ? 1 : 0,
      2048,
    );
    limit(`${at}.author.name`, (embed['author'] as Json | undefined)?.['name'], embed['author'] ? 1 : 0, 256);
    const fields = listOf(embed, 'fields');
    problems.count(`${at}.fields`, fields, 0, 25);
    for (const [fieldIndex, field] of fields.entries()) {
      limit(`${at}.fields.${fieldIndex}.name`, field['name'], 1, 256);
      limit(`${at}.fields.${fieldIndex}.value`, field['value'], 1, 1024);
    }
    for (const [name, url] of urlsOf(embed)) {
      if (!/^(?:https?|attachment):\/\/\S+$/.test(url)) {
        problems.add(`${at}.${name}`, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
      }
    }
  }
  if (total > 6000) {
    problems.add('embeds', 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  }
}

function urlsOf(embed: Json): [string, string][] {
  const images = ['image', 'thumbnail'].map(
    (it) => [`${it}.url`, (embed[it] as Json | undefined)?.['url']] as const,
  );
  return [['url', embed['url']] as const, ...images].flatMap(([name, url]) =>
    typeof url === 'string' ? [[name, url] satisfies [string, string]] : [],
  );
}

function checkAllowedMentions(problems: Problems, { parse, users, roles }: AllowedMentions): void {
  for (const [index, it] of (parse ?? []).entries()) {
    if (!['users', 'roles', 'everyone'].includes(it)) {
      problems.add(
        `allowed_mentions.parse.${index}`,
        'BASE_TYPE_CHOICES',
        "Value must be one of ('users', 'roles', 'everyone').",
      );
    }
  }
  for (const [name, list] of [
    ['users', users],
    ['roles', roles],
  ] as const) {
    problems.count(`allowed_mentions.${name}`, list ?? [], 0, 100);
    if (list?.some((it) => !/^\d{1,20}$/.test(it))) {
      problems.add(`allowed_mentions.${name}`, 'NUMBER_TYPE_COERCE', 'Value is not snowflake.');
    }
    if (list && list.length > 0 && parse?.includes(name)) {
      const message = `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`;
      problems.add('allowed_mentions', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
    }
  }
}

function checkFiles(problems: Problems, body: MessageBody, files: readonly Upload[]): void {
  const named = body.attachments ?? [];
  problems.count('attachments', named, 0, 10);
  problems.count('files', files, 0, 10);
  for (const [index, it] of named.entries()) {
    problems.length(`attachments.${index}.description`, textOf(it, 'description'), 0, 1024);
    const id = idOf(it);
    const isNew = id.length < 10;
    if (isNew && !files.some(({ key }) => key === id)) {
      problems.add(`attachments.${index}.id`, 'ATTACHMENT_NOT_FOUND', `There is no file for ${id}.`);
    }
  }
}
