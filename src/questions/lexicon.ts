import { groupsAndOrders } from './lexicon-groups.ts';
import { statesAndSpans } from './lexicon-states.ts';
import { values } from './lexicon-values.ts';
import { all, type Entry } from './phrases.ts';
import type { Sense } from './senses.ts';

function entries(): Entry[] {
  return [
    ...all({ is: 'nothing' }, NOTHING),
    ...all(
      { is: 'leads-to', fields: ['assignee', 'team'] },
      'assigned to|owned by|handled by|belonging to|belongs to|assigned|worked on by|on the plate of|looked after by',
    ),
    ...all(
      { is: 'leads-to', fields: ['source', 'rule'] },
      'opened by|raised by|created by|declared by|fired by|sent by|came from|coming from',
    ),
    ...all(
      { is: 'doer' },
      'who sent|who made|who raised|who fired|who triggered|who caused|who did|who opened|who created|who declared|who reported|who wrote',
    ),
    ...all({ is: 'did' }, 'do|does|did|has|have|had'),
    ...all({ is: 'and' }, 'and|&|plus|as well as'),
    ...all({ is: 'or' }, 'or|/'),
    ...all({ is: 'comma' }, ',|:'),
    ...all(
      { is: 'not' },
      'not|non|except|except for|excluding|without|other than|but not|outside|outside of',
    ),
    ...all(
      { is: 'or-worse' },
      'or worse|or higher|or above|and above|and worse|and higher|and up|or more severe|+',
    ),
    ...all({ is: 'at-least' }, 'at least'),
    ...asked(),
    ...statesAndSpans(),
    ...values(),
    ...groupsAndOrders(),
  ];
}

/** What is asked for, and how. */
function asked(): Entry[] {
  return [
    ...all({ is: 'subject', subject: 'incidents' }, 'incident|incidents|case|cases|inc|incs'),
    ...all(
      { is: 'subject', subject: 'alerts' },
      'alert|alerts|alarm|alarms|alert message|alert messages|notifications from monitoring',
    ),
    ...all(
      { is: 'subject', subject: 'pages' },
      'page|pages|paged|paging|were paged|was paged|got paged|been paged|get paged|gets paged',
    ),
    ...all(
      { is: 'subject', subject: 'changes' },
      'change|changes|deploys and changes|changes made|changes were made',
    ),
    ...all(
      { is: 'how-many' },
      'how many|how many times|number of|the number of|count|count of|counts|total number of|amount of|how often|total|quantity of',
    ),
    ...all(
      { is: 'list' },
      'list|show|show me|give me|tell me|list all|show all|show me all|what are|what are the|display|find|get me|see',
    ),
    ...all({ is: 'which' }, 'which|what|which of|at what'),
    ...all({ is: 'who' }, 'who|whom|whose'),
    ...all(
      { is: 'how-long' },
      'how long|how long does it take|how long did it take|how long do we take|how long do we need|how long did we need|how fast|how quickly|how quick|how slow|how slowly|how much time|how soon',
    ),
    ...all(
      { is: 'mine' },
      'my|mine|me assigned|assigned to me|i have|on my plate|do i have|did i get|i got|i am working on',
    ),
    ...all(
      { is: 'now' },
      'now|right now|at the moment|currently|at present|just now|as of now|at this moment',
    ),
    ...all({ is: 'noise' }, 'noise|noisy|noisiest|noisier|repeats|repeated|most noise|most repeats'),
    ...all({ is: 'night' }, 'night|at night|nights|overnight|nightly|during the night|in the night'),
    ...all({ is: 'on-call' }, 'on call|oncall|has duty|on duty|is on call|carries the pager'),
    ...all(
      { is: 'about' },
      'about|mentioning|that mention|that mentions|containing|with the words|with the word',
    ),
  ];
}

/** Articles, helping verbs, politeness, and prepositions that any value may follow. */
const NOTHING = [
  "a|an|the|of|in|at|on|for|with|from|is|are|was|were|be|been|am|having|'s|?|!|.|\"|'|(|)",
  'we|us|our|you|it|its|there|that|this one|they|their|all|any|please|can you|could you|would you|kindly|hey|hi|hello',
  'happened|happen|occurred|occur|happening|came in|come in|fired|triggered|received|receive|sent|seen|got|get|made|in total|altogether|overall|exist|exists|so far|until now|to date',
  'tell us|i want to know|do you know|let me know|what is|what was|what were|just|still|yet|already|break down|split|handle|handled|send|sends|raise|raises|make|makes|fire|fires|get sent|ever|usually|us to|them|those|these|take|takes|taken|took|took us|take us|to be|to get|occurring|took place|went out',
].join('|');

/** Phrases and what they mean. Words are in lower case and apart by one space, as `tokens.ts` makes them. */
export const LEXICON: ReadonlyMap<string, Sense> = onceEach(entries());

/** A phrase that is listed with two meanings would have the one that comes last, without anybody noticing. */
function onceEach(listed: readonly Entry[]): Map<string, Sense> {
  const found = new Map<string, Sense>();
  for (const [phrase, sense] of listed) {
    const before = found.get(phrase);
    if (before && JSON.stringify(before) !== JSON.stringify(sense)) {
      throw new Error(`\`${phrase}\` means two things`);
    }
    found.set(phrase, sense);
  }
  return found;
}
