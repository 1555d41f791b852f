import { ChannelType } from 'discord-api-types/v10';

import { Problems } from '#test/support/discord/errors.ts';

/** A channel or thread as it is made or changed. */
export interface ChannelBody {
  readonly name?: string;
  readonly type?: number;
  readonly topic?: string | null;
  readonly parent_id?: string | null;
  readonly position?: number | null;
  readonly nsfw?: boolean | null;
  readonly rate_limit_per_user?: number | null;
  readonly user_limit?: number | null;
  readonly permission_overwrites?: readonly OverwriteBody[] | null;
  readonly archived?: boolean;
  readonly locked?: boolean;
  readonly invitable?: boolean;
  readonly auto_archive_duration?: number;
}

export interface OverwriteBody {
  readonly id: string;
  readonly type: number;
  readonly allow?: string | number | null;
  readonly deny?: string | number | null;
}

const MADE: readonly number[] = [
  ChannelType.GuildText,
  ChannelType.GuildVoice,
  ChannelType.GuildCategory,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildStageVoice,
  ChannelType.GuildForum,
];

/** Checks a channel. Throws 50035, which says all that is wrong. */
export function checkChannel(body: ChannelBody, isNew: boolean): void {
  const problems = new Problems();
  if (isNew && body.name === undefined) problems.add('name', 'BASE_TYPE_REQUIRED', 'This field is required');
  if (body.name !== undefined) {
    problems.length('name', body.name, 1, 100);
    if (body.name.trim() === '') problems.add('name', 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  problems.length('topic', body.topic ?? '', 0, 1024);
  if (isNew && !MADE.includes(body.type ?? 0)) {
    problems.add('type', 'BASE_TYPE_CHOICES', 'Value is not a type that can be made.');
  }
  for (const [index, it] of (body.permission_overwrites ?? []).entries()) {
    checkOverwrite(problems, `permission_overwrites.${index}`, it);
  }
  const { auto_archive_duration: minutes } = body;
  if (minutes !== undefined && ![60, 1440, 4320, 10_080].includes(minutes)) {
    problems.add(
      'auto_archive_duration',
      'BASE_TYPE_CHOICES',
      'Value must be one of (60, 1440, 4320, 10080).',
    );
  }
  problems.check();
}

export function checkOverwrite(
  problems: Problems,
  path: string,
  { id, type, allow, deny }: OverwriteBody,
): void {
  if (!/^\d{1,20}$/.test(id)) {
    problems.add(`${path}.id`, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`);
  }
  if (type !== 0 && type !== 1) {
    problems.add(`${path}.type`, 'BASE_TYPE_CHOICES', 'Value must be one of {0, 1}.');
  }
  for (const [name, bits] of [
    ['allow', allow],
    ['deny', deny],
  ] as const) {
    if (!/^\d*$/.test(String(bits ?? ''))) {
      problems.add(`${path}.${name}`, 'NUMBER_TYPE_COERCE', 'Value is not a permission set.');
    }
  }
}

/** Text channels are called in small letters, with hyphens for blanks, and without punctuation. */
export function textChannelName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~]/g, '')
    .trim()
    .replaceAll(/\s+/g, '-')
    .replaceAll(/-{2,}/g, '-');
}
