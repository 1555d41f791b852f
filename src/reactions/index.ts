import type { ChatPlatform } from '#src/chat/platform.ts';
import { LOOKING, type Looking } from '#src/llm/investigate-settings.ts';

import { alertsCleared } from './alerts-cleared.ts';
import { announce } from './announce.ts';
import { archiveRoom } from './archive-room.ts';
import { askIfOver } from './ask-if-over.ts';
import { carryFiles } from './carry-files.ts';
import { carry } from './carry.ts';
import type { Channels, Deps } from './deps.ts';
import { digest } from './digest.ts';
import { draftPostMortem } from './draft-post-mortem.ts';
import { escalation } from './escalation.ts';
import { Fetched } from './fetched.ts';
import { groupOn } from './handoff-group.ts';
import { handoffErrands } from './handoff.ts';
import { heartbeat, heartbeatWatch } from './heartbeat.ts';
import { beginBySeverity, gradeAtClosure } from './investigate-begin.ts';
import { showInvestigation } from './investigate-show.ts';
import { investigateBy } from './investigate.ts';
import { invite } from './invite.ts';
import { acknowledgmentDue, resolutionDue, updateDue } from './keep-promises.ts';
import { learn } from './learn.ts';
import { muteEnd } from './mute-end.ts';
import { notifyNowhere } from './notify-nowhere.ts';
import { notifyBy, notifyOn } from './notify.ts';
import { onPlatform } from './on-platform.ts';
import { openRoom } from './open-room.ts';
import { tellOutage } from './outage.ts';
import type { Errand, Reaction } from './reaction.ts';
import { refreshCard } from './refresh-card.ts';
import { embed, findLike, remember } from './remember.ts';
import { sayOn } from './say.ts';
import { setTopic } from './set-topic.ts';
import { summarize } from './summarize.ts';
import { syntheticCheck, syntheticPage } from './synthetic-page.ts';
import { tellRoom } from './tell-room.ts';
import { triage } from './triage.ts';

/** Everything that happens by itself: after something happened to an incident, and at its time, about none. */
export interface Works {
  readonly reactions: readonly Reaction<Deps>[];
  readonly errands: readonly Errand<Deps>[];
}

/** On no platform, and on each of these. */
export function worksFor(
  chat: readonly ChatPlatform[],
  channels: Channels,
  looking: Looking = LOOKING,
): Works {
  const fetched = new Fetched();
  const notifying = [
    ...channels.names.map((name) => notifyBy(name, channels)),
    ...chat.map(notifyOn),
    notifyNowhere,
  ];
  return {
    reactions: [
      acknowledgmentDue,
      alertsCleared,
      remember,
      findLike,
      resolutionDue,
      updateDue,
      escalation,
      triage,
      learn,
      summarize,
      draftPostMortem,
      beginBySeverity(looking),
      investigateBy(looking),
      gradeAtClosure,
      ...notifying.map(({ reaction }) => reaction),
      ...chat.flatMap((platform) => [
        ...chatReactions(platform),
        ...chat.filter((it) => it !== platform).map((it) => onPlatform(carryFiles(it, fetched), platform)),
      ]),
    ],
    errands: [
      muteEnd,
      ...handoffErrands,
      heartbeat,
      heartbeatWatch,
      syntheticCheck,
      syntheticPage,
      digest,
      embed,
      ...notifying.map(({ errand }) => errand),
      ...chat.flatMap((it) => [sayOn(it), groupOn(it)]),
    ],
  };
}

/** In the order in which they run after one event. */
export function chatReactions(platform: ChatPlatform): readonly Reaction<Deps>[] {
  const all = [
    openRoom,
    refreshCard,
    setTopic,
    tellRoom,
    askIfOver,
    invite,
    announce(),
    carry,
    tellOutage,
    showInvestigation,
    archiveRoom,
  ];
  return all.map((it) => onPlatform(it, platform));
}
