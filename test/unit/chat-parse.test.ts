import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { LINE_MAX, parse } from '#src/chat/parse.ts';
import { UserError } from '#src/errors.ts';

/** `command {"args"}`, in the room of INC-`here`. */
function read(line: string, here: number | null = null): [string, Readonly<Record<string, string>>] {
  const { command, args } = parse(line, commands, here);
  return [command.name, args];
}

describe('a typed line', () => {
  it.each<[string, string, Record<string, string>]>([
    ['', 'help', {}],
    ['  ack  ', 'ack', {}],
    ['ACK', 'ack', {}],
    ['/ack', 'ack', {}],
    ['acknowledge inc-42', 'ack', { incident: 'inc-42' }],
    ['ack 42', 'ack', { incident: '42' }],
    ['ack #42', 'ack', { incident: '#42' }],
    ['ack INC-20261121-00001', 'ack', { incident: 'INC-20261121-00001' }],
    ['declare sev1 checkout is down', 'declare', { severity: 'sev1', title: 'checkout is down' }],
    ['declare checkout is down sev1', 'declare', { severity: 'sev1', title: 'checkout is down' }],
    ['resolve INC-42 rolled back v41', 'resolve', { incident: 'INC-42', notes: 'rolled back v41' }],
    ['assign @bo', 'assign', { to: '@bo' }],
    ['assign INC-42 payments', 'assign', { incident: 'INC-42', to: 'payments' }],
    ['assign INC-42 to "Ana Lima"', 'assign', { incident: 'INC-42', to: 'Ana Lima' }],
    ['severity P1 because customers see it', 'severity', { severity: 'P1', reason: 'customers see it' }],
    ['severity high', 'severity', { severity: 'high' }],
    ['update we are rolling back next 30m', 'update', { text: 'we are rolling back', next: '30m' }],
    ['update half is back by 14:45', 'update', { text: 'half is back', next: '14:45' }],
    ['update next 1h we wait', 'update', { text: 'we wait', next: '1h' }],
    ['update all well next update in 2 hours', 'update', { text: 'all well', next: '2 hours' }],
    ['update done next tomorrow 9:00', 'update', { text: 'done', next: 'tomorrow 9:00' }],
    ['role commander @ana', 'role', { role: 'commander', person: '@ana' }],
    ['role @ana commander', 'role', { role: 'commander', person: '@ana' }],
    ['role "duty lead" to ana', 'role', { role: 'duty lead', person: 'ana' }],
    ['merge INC-7 into INC-3', 'merge', { incident: 'INC-7', into: 'INC-3' }],
    ['merge 7 into 3 because same database', 'merge', { incident: '7', into: '3', reason: 'same database' }],
    ['merge into INC-3', 'merge', { into: 'INC-3' }],
    ['relate INC-7', 'relate', { to: 'INC-7' }],
    ['relate INC-7 remove', 'relate', { to: 'INC-7', how: 'remove' }],
    ['tag region=eu tier=1', 'tag', { tags: 'region=eu tier=1' }],
    ['list in progress high', 'list', { which: 'in progress', severity: 'high' }],
    ['escalate to payments because refunds fail', 'escalate', { to: 'payments', reason: 'refunds fail' }],
    ['INC-42 resolve all good', 'resolve', { incident: 'INC-42', notes: 'all good' }],
    ['42', 'show', { incident: '42' }],
  ])('%s', (line, command, args) => {
    expect(read(line)).toEqual([command, args]);
  });

  it.each<[string, Record<string, string>]>([
    [
      'checkout is down --severity P1 --service checkout --impact "they cannot pay"',
      { title: 'checkout is down', severity: 'P1', service: 'checkout', impact: 'they cannot pay' },
    ],
    ['--severity=P1 checkout is down', { title: 'checkout is down', severity: 'P1' }],
    ['checkout severity=P1 is down', { title: 'checkout is down', severity: 'P1' }],
    ['checkout is down severity:P1', { title: 'checkout is down', severity: 'P1' }],
    ['checkout is down impact="they cannot pay"', { title: 'checkout is down', impact: 'they cannot pay' }],
    [
      'checkout is down --impact they cannot pay --severity P1',
      { title: 'checkout is down', impact: 'they cannot pay', severity: 'P1' },
    ],
    ['“checkout is down” —severity P1', { title: 'checkout is down', severity: 'P1' }],
    ["'checkout is down'", { title: 'checkout is down' }],
    ['"the \\"new\\" checkout is down"', { title: 'the "new" checkout is down' }],
    ["it's 5\" long and don't ask", { title: "it's 5\" long and don't ask" }],
    ['"new"er checkout is down', { title: '"new"er checkout is down' }],
    ['the "new" checkout is down', { title: 'the "new" checkout is down' }],
    ['high latency on checkout', { title: 'high latency on checkout' }],
    ['high: latency on checkout', { title: 'latency on checkout', severity: 'high:' }],
    ['security breach in production', { title: 'security breach in production' }],
    ['ran kubectl --force and it broke', { title: 'ran kubectl --force and it broke' }],
    ['-- --severity is the title', { title: '--severity is the title' }],
  ])('by name and in quotes: declare %s', (words, args) => {
    expect(read(`declare ${words}`)[1]).toEqual(args);
  });

  it('keeps the lines and the quotes of a text as they were written', () => {
    const text = 'first line\n  - "second"  --maybe\nthird';
    expect(read(`note INC-1 ${text}`)[1]).toEqual({ incident: 'INC-1', text });
  });

  it('takes nothing out of a text that has begun by the name of the text itself', () => {
    expect(read('note the log says text=none today')[1]).toEqual({ text: 'the log says text=none today' });
  });

  it('takes a leading word only where it leads to something', () => {
    expect(read('update we stand by and go to the next step')[1]).toEqual({
      text: 'we stand by and go to the next step',
    });
    expect(read('update deployed by 14:45 and waiting')[1]).toEqual({
      text: 'deployed by 14:45 and waiting',
    });
    expect(read('escalate the vendor has to restart it')[1]).toEqual({
      reason: 'the vendor has to restart it',
    });
  });

  it('reads a bare number before a text as the incident, unless it stands in the room of another one', () => {
    expect(read('note 42 users cannot pay')[1]).toEqual({ incident: '42', text: 'users cannot pay' });
    expect(read('note 42 users cannot pay', 42)[1]).toEqual({ incident: '42', text: 'users cannot pay' });
    expect(read('note 42 users cannot pay', 7)[1]).toEqual({ text: '42 users cannot pay' });
    expect(read('note #42 users cannot pay', 7)[1]).toEqual({ incident: '#42', text: 'users cannot pay' });
    expect(read('severity 42 P1 it is bad', 7)[1]).toEqual({
      incident: '42',
      severity: 'P1',
      reason: 'it is bad',
    });
    expect(read('merge 7 into 3', 9)[1]).toEqual({ incident: '7', into: '3' });
  });
});

describe('a line that cannot be read', () => {
  it.each([
    ['resovle INC-42', 'There is no `resovle`. Did you mean `resolve`?', 'resolve INC-42'],
    ['stat', 'There is no `stat`. Did you mean `status`?', 'status'],
    [
      'checkout is down',
      'There is no command `checkout`. To open an incident, begin with `declare`; `help` lists the others.',
      'declare checkout is down',
    ],
    ['xyzzy', 'There is no command `xyzzy`. `help` lists what there is.', 'help'],
    ['declare x --sevrity P1', '`declare` has no `--sevrity`. Did you mean `--severity`?', undefined],
    [
      'declare --severity',
      'Say a value after `--severity`: How bad it is: P0 (worst) to P4, or sev1 to sev5; P2 when left out.',
      undefined,
    ],
    ['who INC-42 --loud', '`who` has no `--loud`. It goes: `who [INC]`', undefined],
    ['who INC-42 really', 'I do not understand `really` here. It goes: `who [INC]`', undefined],
    ['INC-42 is broken', 'Say what to do with INC-42, like `ack INC-42`.', undefined],
    [
      'x'.repeat(LINE_MAX + 1),
      `That is too long for one command: at most ${LINE_MAX} characters.`,
      undefined,
    ],
  ])('%.40s', (line, message, instead) => {
    const thrown = catching(() => parse(line, commands));
    expect(thrown.message).toBe(message);
    expect(thrown.details['instead']).toBe(instead);
  });
});

function catching(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
