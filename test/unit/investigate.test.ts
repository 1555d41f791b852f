import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { closedDoor, type Door, type Item, type Talk, type ToolCall, type Turned } from '#src/llm/door.ts';
import { gradeOf } from '#src/llm/investigate-grade.ts';
import type { Verdict } from '#src/llm/investigate-words.ts';
import { INVESTIGATION_LIMITS, investigate, type Investigation } from '#src/llm/investigate.ts';
import type { Inquiry } from '#src/llm/task.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import { defineTool } from '#src/llm/tools/tool.ts';
import { FINDINGS, scopeOf } from '#test/support/tools/seen.ts';

const VERDICT: Verdict = {
  hypotheses: [
    {
      cause_entity: 'payments-db',
      cause_type: 'config',
      mechanism: 'The pool is too small.',
      propagation: [],
      evidence_ids: ['change:github:7', 'alert:invented'],
      counter_evidence_ids: [],
      confidence: 'medium',
      next_check: 'Look at the pool.',
    },
  ],
};

const call = (id: string, name: string, input: unknown = {}): ToolCall => ({ id, name, input });

interface Script {
  /** What the model asks for, turn by turn; then it says that it has seen enough. */
  readonly turns?: readonly (readonly ToolCall[])[];
  /** Asks for this for ever. */
  readonly always?: readonly ToolCall[];
  readonly verdict?: Verdict | null;
  readonly failsAt?: number;
  readonly usedEach?: { readonly tokens: number; readonly usd: number };
}

/** A door with a model behind it that does what the script says, and remembers what it was told. */
class ScriptedDoor implements Door {
  readonly isOpen = true;
  readonly told: (readonly Item[])[] = [];
  inquiry: Inquiry | null = null;
  asksForVerdict = 0;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  readonly ask: Door['ask'] = async (...asked) => await closedDoor().ask(...asked);

  open(inquiry: Inquiry): Talk {
    this.inquiry = inquiry;
    const {
      turns = [],
      always,
      verdict = VERDICT,
      failsAt,
      usedEach = { tokens: 100, usd: 0.01 },
    } = this.#script;
    let turn = 0;
    return {
      say: async <O>(items: readonly Item[], answer?: z.ZodType<O>): Promise<Turned<O>> => {
        this.told.push(items);
        turn += 1;
        if (turn === failsAt) return { ok: false, why: 'the budget of today is used up' };
        if (answer) {
          this.asksForVerdict += 1;
          return { ok: true, calls: [], text: '', value: verdict as O | null };
        }
        return { ok: true, calls: always ?? turns[turn - 1] ?? [], text: 'looking', value: null };
      },
      used: () => ({
        turns: turn,
        tokens: turn * usedEach.tokens,
        usd: turn * usedEach.usd,
        model: 'a-model',
      }),
    };
  }
}

function investigation(door: Door, more: Partial<Investigation> = {}): Investigation {
  return {
    door,
    about: { incident: 1, isPrivate: false, priority: 'soon' },
    tools: TOOLS,
    scope: scopeOf(),
    brief: { incident: { name: 'INC-1' }, rules: [], evidence: FINDINGS.alerts, notes: [] },
    limits: INVESTIGATION_LIMITS,
    now: () => new Date(0),
    watch: { looked: async () => [] },
    ...more,
  };
}

function results(items: readonly Item[] | undefined) {
  return (items ?? []).filter((it) => it.type === 'result');
}

describe('an investigation', () => {
  it('begins with what rules found, looks where the model wants, and keeps only what is proved', async () => {
    const door = new ScriptedDoor({
      turns: [[call('1', 'get_changes', { service: null }), call('2', 'get_timeline', { contains: null })]],
    });
    const found = await investigate(investigation(door));
    expect(found).toMatchObject({
      end: 'done',
      hypotheses: [{ cause: 'payments-db', evidence: ['change:github:7'] }],
      dropped: 1,
      cited: [{ id: 'change:github:7' }],
      used: { turns: 3, tokens: 300, model: 'a-model' },
    });
    expect(door.told[0]?.[0]).toMatchObject({ type: 'data', data: { incident: { name: 'INC-1' } } });
    expect(results(door.told[1]).map(({ id, isError }) => [id, isError])).toEqual([
      ['1', false],
      ['2', false],
    ]);
  });

  it('offers only what is set up, in words that are the same every time', async () => {
    const door = new ScriptedDoor({});
    await investigate(investigation(door));
    expect(door.inquiry?.tools.map(({ name }) => name)).toEqual([
      'get_timeline',
      'get_alerts',
      'get_changes',
      'get_dependencies',
      'get_similar_incidents',
      'get_runbook',
    ]);
    expect(door.inquiry?.system).not.toMatch(/\d{4}-\d\d-\d\d/);
  });

  it('cannot cite what it was not told: what it never looked at is no evidence', async () => {
    const found = await investigate(investigation(new ScriptedDoor({})));
    expect(found).toMatchObject({ end: 'done', hypotheses: [], dropped: 3 });
  });

  it('answers wrong and unknown calls with what is wrong, and goes on', async () => {
    const bad = [
      call('1', 'get_alerts', null),
      call('2', 'delete_everything'),
      call('3', 'query_prometheus', { query: 'up', kind: 'range', from: null, to: null }),
    ];
    const door = new ScriptedDoor({ turns: [bad] });
    const steps: string[] = [];
    const watch = {
      looked: async (all: readonly { tool: string; outcome: string }[]) => (
        steps.push(...all.map((it) => `${it.tool}: ${it.outcome}`)),
        []
      ),
    };
    await investigate(investigation(door, { watch }));
    expect(results(door.told[1]).map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(steps[1]).toBe('unknown: there is no such tool');
    expect(JSON.stringify(steps)).not.toContain('delete_everything');
  });

  it('ends a loop that never ends at the most turns, with a verdict', async () => {
    const door = new ScriptedDoor({ always: [call('1', 'get_changes', { service: null })] });
    expect(await investigate(investigation(door))).toMatchObject({ end: 'done', used: { turns: 12 } });
    expect(door.asksForVerdict).toBe(1);
  });

  it.each([
    ['tokens', { usedEach: { tokens: 150_000, usd: 0 } }, 3],
    ['money', { usedEach: { tokens: 0, usd: 0.75 } }, 3],
  ])('asks for the verdict when its %s are used up', async (_, script, turns) => {
    const door = new ScriptedDoor({ always: [call('1', 'get_changes', { service: null })], ...script });
    expect((await investigate(investigation(door))).used.turns).toBe(turns);
  });

  it('asks for the verdict when its time is over', async () => {
    let minutes = 0;
    const door = new ScriptedDoor({ always: [call('1', 'get_changes', { service: null })] });
    const now = () => new Date((minutes += 1) * 60_000);
    expect((await investigate(investigation(door, { now }))).used.turns).toBeLessThan(5);
  });

  it('uses so many tools at once and no more', async () => {
    const eight = Array.from({ length: 8 }, (_, at) => call(String(at), 'get_alerts', { service: null }));
    const door = new ScriptedDoor({ turns: [eight] });
    await investigate(investigation(door));
    expect(results(door.told[1]).filter(({ isError }) => isError)).toHaveLength(2);
  });

  it('looks where people say, from the first and while it looks', async () => {
    const door = new ScriptedDoor({ turns: [[call('1', 'get_alerts', { service: null })]] });
    const brief = { incident: {}, rules: [], evidence: [], notes: ['look at the cache'] };
    await investigate(investigation(door, { brief, watch: { looked: async () => ['and at the queue'] } }));
    expect(JSON.stringify(door.told[0])).toContain('{"asked_by_people":["look at the cache"]}');
    expect(JSON.stringify(door.told[1])).toContain('{"asked_by_people":["and at the queue"]}');
    // What people wrote is data; only our own sentence is an instruction.
    const instructions = door.told.flat().filter((it) => it.type === 'instruction');
    expect(JSON.stringify(instructions)).not.toContain('cache');
  });

  it('stops when people stop it, and asks for nothing more', async () => {
    const door = new ScriptedDoor({ always: [call('1', 'get_alerts', { service: null })] });
    const found = await investigate(investigation(door, { watch: { looked: async () => null } }));
    expect(found.end).toBe('stopped');
    expect(door.told).toHaveLength(1);
  });

  it.each([1, 2, 3])('says why where no model answers turn %i', async (failsAt) => {
    const turns = [[call('1', 'get_alerts', { service: null })]];
    const found = await investigate(investigation(new ScriptedDoor({ turns, failsAt })));
    expect(found).toMatchObject({ end: 'none', why: 'the budget of today is used up' });
  });

  it('says so where there is no model, and where its verdict is of no use', async () => {
    expect(await investigate(investigation(closedDoor()))).toMatchObject({
      end: 'none',
      why: 'no model is set up',
    });
    const found = await investigate(investigation(new ScriptedDoor({ verdict: null })));
    expect(found).toMatchObject({ end: 'none', why: 'its answer could not be used' });
  });

  it('lets a bug of ours be seen', async () => {
    const broken = defineTool({
      name: 'get_alerts',
      description: 'breaks',
      input: TOOLS[1]?.input as z.ZodType<object>,
      run: () => Promise.reject(new TypeError('a bug')),
    });
    const door = new ScriptedDoor({ turns: [[call('1', 'get_alerts', { service: null })]] });
    await expect(investigate(investigation(door, { tools: [broken] }))).rejects.toThrow('a bug');
  });
});

describe('the grade of what was named, by what people wrote down', () => {
  const one = {
    cause: 'payments-db',
    type: 'config',
    mechanism: 'The pool is too small.',
    path: ['payments-db', 'checkout'],
  } as const;
  const other = { cause: 'search', type: 'deploy', mechanism: 'A new version is slow.', path: [] } as const;

  it.each<[string | null, readonly (typeof one | typeof other)[], number | null]>([
    ['Wrong configuration of payments-db', [one], 100],
    ['payments db: pool too small', [one], 100],
    ['payments-db was moved to another host', [one], 65],
    ['a release of search', [one, other], 65],
    ['search was stuck', [one, other], 35],
    ['checkout had a bug', [one], 35],
    ['DNS', [one, other], 0],
    ['', [one], null],
    [null, [one], null],
    ['DNS', [], null],
    ['it was the', [one], null],
  ])('%j', (rootCause, hypotheses, grade) => {
    expect(gradeOf(rootCause, hypotheses)).toBe(grade);
  });
});
