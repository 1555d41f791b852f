import type { Command } from '#src/chat/command.ts';

import { ack } from './ack.ts';
import { assign } from './assign.ts';
import { catchup } from './catchup.ts';
import { close } from './close.ts';
import { declare } from './declare.ts';
import { deescalate } from './deescalate.ts';
import { edit } from './edit.ts';
import { escalate } from './escalate.ts';
import { help } from './help.ts';
import { home } from './home.ts';
import { invite } from './invite.ts';
import { link } from './link.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { note } from './note.ts';
import { page } from './page.ts';
import { relate } from './relate.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { role } from './role.ts';
import { severity } from './severity.ts';
import { show } from './show.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { summary } from './summary.ts';
import { tag } from './tag.ts';
import { testAlert } from './test-alert.ts';
import { timeline } from './timeline.ts';
import { update } from './update.ts';
import { verify } from './verify.ts';
import { who } from './who.ts';

/** Everything people can say, by name. A test compares it with this folder. */
export const commands: readonly Command[] = [
  ack,
  assign,
  catchup,
  close,
  declare,
  deescalate,
  edit,
  escalate,
  help,
  home,
  invite,
  link,
  list,
  merge,
  note,
  page,
  relate,
  reopen,
  resolve,
  role,
  severity,
  show,
  start,
  status,
  summary,
  tag,
  testAlert,
  timeline,
  update,
  verify,
  who,
];
