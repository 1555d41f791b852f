import { alertsCleared } from './alerts-cleared.ts';
import { announce } from './announce.ts';
import { archiveRoom } from './archive-room.ts';
import type { Deps } from './deps.ts';
import { invite } from './invite.ts';
import { acknowledgmentDue, resolutionDue, updateDue } from './keep-promises.ts';
import { openRoom } from './open-room.ts';
import type { Reaction } from './reaction.ts';
import { refreshCard } from './refresh-card.ts';
import { setTopic } from './set-topic.ts';
import { tellRoom } from './tell-room.ts';

/** Everything that happens by itself. */
export const reactions: readonly Reaction<Deps>[] = [
  acknowledgmentDue,
  alertsCleared,
  announce,
  archiveRoom,
  invite,
  openRoom,
  refreshCard,
  resolutionDue,
  setTopic,
  tellRoom,
  updateDue,
];
