import { openDatabase } from '#src/db/open.ts';
import { realClock } from '#src/jobs/clock.ts';
import { startJobs } from '#src/jobs/jobs.ts';

/**
 * A scheduler in a process of its own, which can be killed: it fires timers as the program does, and its reaction
 * tells the parent which one began and how late, in milliseconds, before it does anything else.
 */
const databaseUrl = process.argv[2];
if (databaseUrl === undefined) throw new Error('which database?');
const { db } = await openDatabase({ dataDir: '', databaseUrl });
const tell = (what: object) => void process.send?.(what);
const jobs = await startJobs({
  db,
  alone: false,
  deps: {},
  concurrency: 20,
  reactions: [
    {
      name: 'measure',
      on: [],
      timers: ['update-due'],
      run: async ({ timer }) => {
        const due = timer?.dueAt ?? realClock.now();
        tell({ key: timer?.subject, lateMs: realClock.now().getTime() - due.getTime() });
      },
    },
  ],
  log: { error: (it, text) => tell({ error: text, it }), warn: () => {} },
});
process.on('message', () => {
  void (async () => {
    await jobs.stop();
    process.exit(0);
  })();
});
tell({ ready: true });
