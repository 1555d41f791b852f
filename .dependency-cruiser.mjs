/**
 * Who may import whom. A folder sees itself and the folders in its row,
 * nothing else. Read it top to bottom: knowledge only flows downwards.
 */
const MAY_IMPORT = {
  'src/errors.ts': [],
  'src/log.ts': [],
  'src/incident': ['src/errors.ts'],
  'src/oncall': ['src/errors.ts', 'src/incident'],
  'src/paging': ['src/errors.ts', 'src/incident'],
  'src/calendar': ['src/errors.ts', 'src/incident', 'src/oncall'],
  'src/alerts': ['src/errors.ts', 'src/incident'],
  'src/notify': ['src/errors.ts', 'src/incident'],
  'src/db': ['src/errors.ts', 'src/incident', 'src/oncall', 'src/paging', 'src/alerts', 'migrations'],
  'src/setup': ['src/errors.ts', 'src/incident', 'src/oncall', 'src/paging', 'src/db'],
  'src/importers': ['src/errors.ts', 'src/incident', 'src/oncall', 'src/paging', 'src/calendar', 'src/setup'],
  'src/engine': ['src/errors.ts', 'src/incident', 'src/oncall', 'src/paging', 'src/alerts', 'src/db'],
  'src/chat': [
    'src/errors.ts',
    'src/incident',
    'src/oncall',
    'src/paging',
    'src/alerts',
    'src/db',
    'src/engine',
  ],
  'src/reactions': [
    'src/errors.ts',
    'src/incident',
    'src/alerts',
    'src/notify',
    'src/db',
    'src/engine',
    'src/chat',
  ],
  'src/jobs': ['src/errors.ts', 'src/incident', 'src/db', 'src/engine', 'src/reactions'],
  'src/access': ['src/errors.ts', 'src/incident', 'src/db'],
  'src/http': [
    'src/errors.ts',
    'src/log.ts',
    'src/metrics.ts',
    'src/incident',
    'src/oncall',
    'src/paging',
    'src/alerts',
    'src/calendar',
    'src/notify',
    'src/db',
    'src/setup',
    'src/engine',
    'src/chat',
    'src/access',
  ],
  commands: [
    'src/errors.ts',
    'src/incident',
    'src/oncall',
    'src/paging',
    'src/alerts',
    'src/db',
    'src/engine',
    'src/chat',
  ],
  'adapters/web/ui': ['adapters/web/protocol.ts', 'src/chat/message.ts', 'src/chat/platform.ts'],
  'adapters/web': ['src/errors.ts', 'src/chat'],
  'adapters/slack': ['src/errors.ts', 'src/chat'],
  'adapters/teams': ['src/errors.ts', 'src/chat'],
  'adapters/discord': ['src/errors.ts', 'src/chat'],
  migrations: [],
};

/** One door per library: the only places that may import it. */
const DOORS = {
  kysely: ['src/db', 'migrations', 'test'],
  'pg|@electric-sql/[^/]+': ['src/db', 'test'],
  'express|ws|zod-openapi': ['src/http', 'manifests', 'test'],
  pino: ['src/log.ts'],
  'prom-client': ['src/metrics.ts', 'test'],
  cockatiel: ['src/jobs'],
  '@slack/[^/]+': ['adapters/slack', 'test'],
  'botbuilder[^/]*|botframework[^/]*': ['adapters/teams', 'test'],
  'discord\\.js|discord-api-types|@discordjs/[^/]+': ['adapters/discord', 'test'],
  'p-queue': ['adapters'],
  'nodemailer|web-push|ipaddr\\.js|undici': ['src/notify', 'test'],
  'smtp-server|postal-mime': ['test'],
  'ical\\.js': ['src/calendar', 'test'],
  yaml: ['src/setup', 'manifests', 'test'],
  'react|react-dom': ['adapters/web/ui', 'test/pictures'],
};

const inside = (paths) => `^(${paths.join('|').replaceAll('.', '\\.')})(/|$)`;

export default {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(([folder, others]) => ({
      name: `${folder} sees only ${others.join(', ') || 'itself'}`,
      severity: 'error',
      from: {
        path: inside([folder]),
        ...(folder === 'adapters/web' ? { pathNot: inside(['adapters/web/ui']) } : {}),
      },
      to: {
        path: '^(src|commands|adapters|migrations|manifests|test)/',
        pathNot: inside([folder, ...others]),
      },
    })),
    ...Object.entries(DOORS).map(([library, doors]) => ({
      name: `${library} only through ${doors.join(', ')}`,
      severity: 'error',
      from: { path: '^(src|commands|adapters|migrations|manifests|test)/', pathNot: inside(doors) },
      to: { path: `node_modules/(${library})/` },
    })),
    {
      name: 'the domain has no library',
      severity: 'error',
      from: { path: inside(['src/incident', 'src/oncall', 'src/paging']) },
      to: { path: 'node_modules/' },
    },
    { name: 'no cycles', severity: 'error', from: { pathNot: '^test/' }, to: { circular: true } },
    {
      name: 'no cycles in tests, but of types alone',
      severity: 'error',
      from: { path: '^test/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing but tests imports main',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^src/main\\.ts$' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
    tsPreCompilationDeps: true,
  },
};
