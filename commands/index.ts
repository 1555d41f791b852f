import type { Command } from '#src/chat/command.ts';

import { ack } from './ack.ts';
import { ai } from './ai.ts';
import { answerSwap } from './answer-swap.ts';
import { ask } from './ask.ts';
import { assign } from './assign.ts';
import { catchup } from './catchup.ts';
import { cause } from './cause.ts';
import { changes } from './changes.ts';
import { close } from './close.ts';
import { contact } from './contact.ts';
import { cover } from './cover.ts';
import { declare } from './declare.ts';
import { deescalate } from './deescalate.ts';
import { digest } from './digest.ts';
import { draft } from './draft.ts';
import { edit } from './edit.ts';
import { egress } from './egress.ts';
import { escalate } from './escalate.ts';
import { handoff } from './handoff.ts';
import { heartbeat } from './heartbeat.ts';
import { help } from './help.ts';
import { home } from './home.ts';
import { impact } from './impact.ts';
import { investigate } from './investigate.ts';
import { invite } from './invite.ts';
import { judge } from './judge.ts';
import { lessons } from './lessons.ts';
import { link } from './link.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { muteList } from './mute-list.ts';
import { mute } from './mute.ts';
import { note } from './note.ts';
import { oncall } from './oncall.ts';
import { override } from './override.ts';
import { page } from './page.ts';
import { policy } from './policy.ts';
import { relate } from './relate.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { role } from './role.ts';
import { rules } from './rules.ts';
import { schedule } from './schedule.ts';
import { scoreboard } from './scoreboard.ts';
import { service } from './service.ts';
import { severity } from './severity.ts';
import { show } from './show.ts';
import { similar } from './similar.ts';
import { simulate } from './simulate.ts';
import { snooze } from './snooze.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stopLooking } from './stop-looking.ts';
import { summary } from './summary.ts';
import { swap } from './swap.ts';
import { tag } from './tag.ts';
import { takeCover } from './take-cover.ts';
import { testAlert } from './test-alert.ts';
import { testPage } from './test-page.ts';
import { timeline } from './timeline.ts';
import { undoOverride } from './undo-override.ts';
import { unmute } from './unmute.ts';
import { update } from './update.ts';
import { verify } from './verify.ts';
import { who } from './who.ts';
import { why } from './why.ts';

/** Everything people can say, by name. A test compares it with this folder. */
export const commands: readonly Command[] = [
  ack,
  ai,
  answerSwap,
  ask,
  assign,
  catchup,
  cause,
  changes,
  close,
  contact,
  cover,
  declare,
  deescalate,
  digest,
  draft,
  edit,
  egress,
  escalate,
  handoff,
  heartbeat,
  help,
  home,
  impact,
  investigate,
  invite,
  judge,
  lessons,
  link,
  list,
  merge,
  muteList,
  mute,
  note,
  oncall,
  override,
  page,
  policy,
  relate,
  reopen,
  resolve,
  role,
  rules,
  schedule,
  scoreboard,
  service,
  severity,
  show,
  similar,
  simulate,
  snooze,
  start,
  status,
  stopLooking,
  summary,
  swap,
  tag,
  takeCover,
  testAlert,
  testPage,
  timeline,
  undoOverride,
  unmute,
  update,
  verify,
  who,
  why,
];
