import type { Migration } from 'kysely/migration';

import * as foundation from './0001-foundation.ts';
import * as chatPlatforms from './0002-chat-platforms.ts';
import * as roomsAndLanes from './0003-rooms-and-lanes.ts';
import * as webChat from './0004-web-chat.ts';
import * as identityCodes from './0005-identity-codes.ts';
import * as privateIncidents from './0006-private-incidents.ts';
import * as bridge from './0007-bridge.ts';
import * as copiedFiles from './0008-copied-files.ts';
import * as filesAndOutages from './0009-files-and-outages.ts';
import * as onCall from './0010-on-call.ts';
import * as coverRequests from './0011-cover-requests.ts';
import * as toldApart from './0012-told-apart.ts';
import * as handoffs from './0013-handoffs.ts';
import * as swapsAndMutes from './0014-swaps-and-mutes.ts';
import * as heartbeats from './0015-heartbeats.ts';
import * as modelCalls from './0016-model-calls.ts';
import * as egress from './0017-egress.ts';
import * as changes from './0018-changes.ts';
import * as investigations from './0019-investigations.ts';
import * as similar from './0020-similar.ts';
import * as questions from './0021-questions.ts';
import * as lessons from './0022-lessons.ts';
import * as summaries from './0023-summaries.ts';
import * as months from './0024-months.ts';
import * as manyProcesses from './0025-many-processes.ts';
import * as handed from './0026-handed.ts';
import * as traces from './0027-traces.ts';
import * as repeats from './0028-repeats.ts';
import * as reading from './0030-reading.ts';
import * as tenantBudgets from './0031-tenant-budgets.ts';
import * as countedFirst from './0032-counted-first.ts';
import * as sortedOnce from './0033-sorted-once.ts';
import * as isThere from './0034-is-there.ts';
import * as lists from './0035-lists.ts';
import * as countsApart from './0036-counts-apart.ts';
import * as oldKeys from './0037-old-keys.ts';
import * as countsInTurn from './0038-counts-in-turn.ts';
import * as countsByIncident from './0039-counts-by-incident.ts';

/** `additive`: the program before this one can go on, and be started again, beside what it makes. */
export interface Step extends Migration {
  readonly additive?: boolean;
}

/** In the order they run. Forward only: a mistake is mended by the next one. */
export const migrations: Record<string, Step> = {
  '0001-foundation': foundation,
  '0002-chat-platforms': chatPlatforms,
  '0003-rooms-and-lanes': roomsAndLanes,
  '0004-web-chat': webChat,
  '0005-identity-codes': identityCodes,
  '0006-private-incidents': privateIncidents,
  '0007-bridge': bridge,
  '0008-copied-files': copiedFiles,
  '0009-files-and-outages': filesAndOutages,
  '0010-on-call': onCall,
  '0011-cover-requests': coverRequests,
  '0012-told-apart': toldApart,
  '0013-handoffs': handoffs,
  '0014-swaps-and-mutes': swapsAndMutes,
  '0015-heartbeats': heartbeats,
  '0016-model-calls': modelCalls,
  '0017-egress': egress,
  '0018-changes': changes,
  '0019-investigations': investigations,
  '0020-similar': similar,
  '0021-questions': questions,
  '0022-lessons': lessons,
  '0023-summaries': summaries,
  '0024-months': months,
  '0025-many-processes': manyProcesses,
  '0026-handed': handed,
  '0027-traces': traces,
  '0028-repeats': repeats,
  '0030-reading': reading,
  '0031-tenant-budgets': tenantBudgets,
  '0032-counted-first': countedFirst,
  '0033-sorted-once': sortedOnce,
  '0034-is-there': isThere,
  '0035-lists': lists,
  '0036-counts-apart': countsApart,
  '0037-old-keys': oldKeys,
  '0038-counts-in-turn': countsInTurn,
  '0039-counts-by-incident': countsByIncident,
};
