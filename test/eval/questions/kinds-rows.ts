import { by, isIn, isNight, isOpen, longestFirst, newestFirst, opened, pagesIn, seen } from './expected.ts';
import { count, type Kind } from './kind.ts';

export const LISTS: readonly Kind[] = [
  {
    name: 'open of a severity',
    wordings: [
      'list the open {severity} incidents',
      'which {severity} incidents are open?',
      'show me all unresolved {severity} incidents',
      'what {severity} incidents are still open?',
    ],
    right: (store, it) =>
      newestFirst(seen(store).filter((row) => isOpen(row) && row.severity === it.severity)),
  },
  {
    name: 'nobody acknowledged',
    wordings: [
      'which open incidents are unacknowledged?',
      'which open incidents has nobody acknowledged?',
      'list open incidents that are not acknowledged yet',
      'show open unacknowledged incidents',
    ],
    right: (store) => newestFirst(seen(store).filter((it) => isOpen(it) && it.acknowledged === null)),
  },
  {
    name: 'of somebody',
    wordings: [
      'which open incidents are assigned to {person}?',
      'list the open incidents of {person}',
      "show me {person}'s open incidents",
      'what open incidents does {person} have?',
    ],
    right: (store, it) => newestFirst(seen(store).filter((row) => isOpen(row) && row.assignee === it.person)),
  },
  {
    name: 'mine',
    wordings: [
      'list my open incidents',
      'which open incidents are assigned to me?',
      'show my open incidents',
      'what open incidents do I have?',
    ],
    right: (store) => newestFirst(seen(store).filter((it) => isOpen(it) && it.assignee === 'ana')),
  },
  {
    name: 'the longest',
    wordings: [
      'show the 5 longest incidents {time}',
      'what were the five longest incidents {time}?',
      'list the 5 longest running incidents {time}',
      'the 5 incidents that took the longest {time}',
    ],
    right: (store, it) => longestFirst(opened(store, it), 5),
  },
  {
    name: 'about words',
    wordings: [
      'list incidents about {words} {time}',
      'which incidents mentioning {words} were opened {time}?',
      'show incidents about "{words}" {time}',
      'list the incidents containing {words} {time}',
    ],
    right: (store, it) =>
      newestFirst(opened(store, it).filter(({ title }) => title.startsWith('Connection pool'))),
  },
];

export const OTHERS: readonly Kind[] = [
  {
    name: 'alerts',
    wordings: [
      'how many alerts {time}?',
      'how many alerts did we receive {time}',
      'number of alerts {time}',
      'how many alerts fired {time}?',
    ],
    right: ({ messages }, { time }) => count(messages.filter((it) => it.firing && isIn(time, it.at))),
  },
  {
    name: 'alerts by source',
    wordings: [
      'alerts per source {time}',
      'how many alerts did each source send {time}',
      'which source sent the most alerts {time}?',
      'number of alerts by source {time}',
    ],
    right: ({ messages }, { time }) =>
      by(
        messages.filter((it) => it.firing && isIn(time, it.at)),
        ({ source }) => source,
      ),
  },
  {
    name: 'noise by rule',
    wordings: [
      'which rules are the noisiest {time}?',
      'noisiest alert rules {time}',
      'what rule makes the most noise {time}?',
      'noise per rule {time}',
    ],
    right: ({ messages }, { time }) => {
      const rows = messages.filter((it) => it.firing && isIn(time, it.at));
      const rules = new Set(rows.map(({ rule }) => rule));
      const repeats = (rule: string) => rows.filter((it) => it.rule === rule && it.repeat).length;
      return { groups: new Map([...rules].map((rule) => [rule, repeats(rule)])) };
    },
  },
  {
    name: 'pages',
    wordings: [
      'how many pages {time}?',
      'how many times were people paged {time}?',
      'number of pages sent {time}',
      'how many pages did we send {time}',
    ],
    right: (store, { time }) => count(pagesIn(store, time)),
  },
  {
    name: 'pages by person',
    wordings: [
      'who was paged the most {time}?',
      'how many pages per person {time}',
      'pages by person {time}',
      'who got the most pages {time}?',
    ],
    right: (store, { time }) => by(pagesIn(store, time), ({ person }) => person),
  },
  {
    name: 'pages at night',
    wordings: [
      'who was paged most at night {time}?',
      'pages at night per person {time}',
      'how many pages at night did each person get {time}?',
      'who got the most night pages {time}',
    ],
    right: (store, { time }) => by(pagesIn(store, time).filter(isNight), ({ person }) => person),
  },
  {
    name: 'changes by service',
    wordings: [
      'how many changes per service {time}?',
      'changes by service {time}',
      'which service had the most changes {time}?',
      'number of changes for each service {time}',
    ],
    right: ({ rollouts }, { time }) =>
      by(
        rollouts.filter((it) => isIn(time, it.at)),
        ({ service }) => service,
      ),
  },
  {
    name: 'deploys',
    wordings: [
      'how many deploys {time}?',
      'number of deployments {time}',
      'how many deployments did we do {time}?',
      'how often did we deploy {time}?',
    ],
    right: ({ rollouts }, { time }) =>
      count(rollouts.filter((it) => it.kind === 'deploy' && isIn(time, it.at))),
  },
];
