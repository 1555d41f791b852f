import type { Command } from '#src/chat/command.ts';

import { ack } from './ack.ts';
import { assign } from './assign.ts';
import { catchup } from './catchup.ts';
import { close } from './close.ts';
import { contact } from './contact.ts';
import { cover } from './cover.ts';
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
import { oncall } from './oncall.ts';
import { override } from './override.ts';
import { page } from './page.ts';
import { policy } from './policy.ts';
import { relate } from './relate.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { role } from './role.ts';
import { schedule } from './schedule.ts';
import { severity } from './severity.ts';
import { show } from './show.ts';
import { simulate } from './simulate.ts';
import { snooze } from './snooze.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { summary } from './summary.ts';
import { tag } from './tag.ts';
import { takeCover } from './take-cover.ts';
import { testAlert } from './test-alert.ts';
import { timeline } from './timeline.ts';
import { undoOverride } from './undo-override.ts';
import { update } from './update.ts';
import { verify } from './verify.ts';
import { who } from './who.ts';
import { why } from './why.ts';

/** Everything people can say, by name. A test compares it with this folder. */
export const commands: readonly Command[] = [
  ack,
  assign,
  catchup,
  close,
  contact,
  cover,
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
  oncall,
  override,
  page,
  policy,
  relate,
  reopen,
  resolve,
  role,
  schedule,
  severity,
  show,
  simulate,
  snooze,
  start,
  status,
  summary,
  tag,
  takeCover,
  testAlert,
  timeline,
  undoOverride,
  update,
  verify,
  who,
  why,
];
