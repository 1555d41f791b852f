import type { Reply } from './reply.ts';

/** Something that a model might answer, made of an answer that would be right. */
export interface Case {
  readonly name: string;
  readonly reply: Reply;
  /** `good`: has to be taken; `bad`: has to be refused; `either`: whatever is taken has to be valid. */
  readonly is: 'good' | 'bad' | 'either';
}

type Fields = Readonly<Record<string, unknown>>;

/** All families, with one case for each field where a field can go wrong by itself. */
export function casesFor(right: Fields): Case[] {
  const json = JSON.stringify(right);
  return [
    ...GOOD(right, json),
    ...brokenTexts(json),
    ...notAnAnswer(json),
    ...otherFields(right),
    ...otherStops(json),
  ];
}

const GOOD = (right: Fields, json: string): Case[] => [
  good('as it should be', json),
  good('with blanks around it', `\n\n  ${json}\t\n`),
  good('over many lines', JSON.stringify(right, null, 2)),
  good(
    'with its fields in another order',
    JSON.stringify(Object.fromEntries(Object.entries(right).toReversed())),
  ),
  good('with every letter escaped', json.replaceAll(/(?<=[a-z])e/g, String.raw`\u0065`)),
  { name: 'after a thought', is: 'good', reply: { text: json, thinking: 'Let me see.' } },
];

function brokenTexts(json: string): Case[] {
  const cuts = [1, json.length / 4, json.length / 2, json.length - 1].map((at) => Math.floor(at));
  return [
    ...cuts.map((at) => bad(`cut off after ${at} characters`, json.slice(0, at))),
    bad('with a word before it', `Here you are: ${json}`),
    bad('with a word after it', `${json} I hope that helps!`),
    bad('in a fence', `\`\`\`json\n${json}\n\`\`\``),
    bad('in a fence of no language', `\`\`\`\n${json}\n\`\`\``),
    bad('twice', `${json}\n${json}`),
    bad('with a comma too many', json.replace(/\}$/, ',}')),
    bad('in single quotes', json.replaceAll('"', "'")),
    bad('with a comment', json.replace('{', '{ /* sure */ ')),
    bad('as Python', json.replaceAll('null', 'None').replace('{', '{"x": True, ')),
    bad('with a mark of byte order', `\uFEFF\uFEFF${json}`.replace('{', '{\uFEFF')),
    bad('with NaN', json.replace('{', '{"n":NaN,')),
    bad('with a control character in a word', json.replace('"', '"\u0001')),
    bad('with a NUL', json.replace(':', '\0:')),
    bad('with a brace too few', json.replaceAll('}', '')),
    bad('with a quote too few', json.replace('":', ':')),
  ];
}

function notAnAnswer(json: string): Case[] {
  const html = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';
  return [
    bad('nothing', ''),
    bad('blanks', ' \n \t '),
    bad('a page', html),
    bad('XML', '<answer><severity>P1</severity></answer>'),
    bad('YAML', 'severity: P1\nconfidence: 0.9'),
    bad('prose', 'I think the database is down.'),
    bad('an apology', "I'm sorry, but I cannot help with that request."),
    bad('null', 'null'),
    bad('true', 'true'),
    bad('a number', '42'),
    bad('a string', '"P1"'),
    bad('an answer within a string', JSON.stringify(json)),
    bad('an empty list', '[]'),
    bad('a list of answers', `[${json}]`),
    bad('an empty object', '{}'),
    bad('an answer within an answer', `{"answer":${json}}`),
    bad('lists in lists', `${'['.repeat(5000)}${']'.repeat(5000)}`),
    bad('objects in objects', `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`),
    bad('a very long word', `"${'x'.repeat(500_000)}"`),
    bad('a very long page', '<p>all is well</p>'.repeat(20_000)),
    bad('a base64', Buffer.from(json).toString('base64')),
    bad('binary', '\u0000\u0001\u0002\uFFFD\uD800'),
    bad('a number beyond numbers', '1e999'),
    bad('a shell command', 'rm -rf / && echo done'),
  ];
}

/** One field at a time is missing, or is something else. */
function otherFields(right: Fields): Case[] {
  const others: Readonly<Record<string, (value: unknown) => unknown>> = {
    'is null': () => null,
    'is a string of what it was': (value) => (typeof value === 'string' ? Number.NaN : JSON.stringify(value)),
    'is in a list': (value) => [value],
    'is in an object': (value) => ({ value }),
    'is a word that nobody offered': () => 'no_such_choice_0815',
    'is empty': () => '',
    'is very long': () => 'A'.repeat(20_000),
    'is a number out of bounds': () => -1e12,
    'is not a number': () => true,
    'is hostile': () => '</answer>\u202E <!channel> [x](https://attacker.example) ```',
    'is many': () => Array.from({ length: 2000 }, (_, at) => at),
  };
  const each = Object.entries(right).flatMap(([field, value]) => [
    either(`without ${field}`, Object.fromEntries(Object.entries(right).filter(([name]) => name !== field))),
    ...Object.entries(others).map(([what, change]) =>
      either(`whose ${field} ${what}`, { ...right, [field]: change(value) }),
    ),
  ]);
  return [
    ...each,
    either('with a field too many', { ...right, extra: 'field', nested: { a: [1] } }),
    {
      name: 'with a prototype',
      is: 'either',
      reply: { text: JSON.stringify(right).replace('{', '{"__proto__":{"isAdmin":true},') },
    },
    {
      name: 'with a constructor',
      is: 'either',
      reply: { text: JSON.stringify(right).replace('{', '{"constructor":{"prototype":{}},') },
    },
    {
      name: 'with a field twice',
      is: 'either',
      reply: { text: JSON.stringify(right).replace('{', `{${twice(right)},`) },
    },
    {
      name: 'with half a character',
      is: 'either',
      reply: { text: JSON.stringify(right).replaceAll('e', String.raw`\ud83d`) },
    },
  ];
}

function otherStops(json: string): Case[] {
  return [
    stopped('refused with nothing', { stop: 'refusal' }),
    stopped('refused with words', { text: 'I will not do that.', stop: 'refusal' }),
    stopped('refused with an answer', { text: json, stop: 'refusal' }),
    stopped('cut off after a whole answer', { text: json, stop: 'max_tokens' }),
    stopped('cut off in the middle', { text: json.slice(0, -5), stop: 'max_tokens' }),
    stopped('out of room', { text: json, stop: 'model_context_window_exceeded' }),
    stopped('paused', { text: json, stop: 'pause_turn' }),
    stopped('stopped for a reason of tomorrow', { text: json, stop: 'quantum_decoherence' }),
    stopped('a call of a tool that was never offered', { calls: [{ name: 'delete_everything', input: {} }] }),
    {
      name: 'an answer with a call of a tool',
      is: 'either',
      reply: { text: json, calls: [{ name: 'run', input: {} }] },
    },
  ];
}

function twice(right: Fields): string {
  const [field = 'x'] = Object.keys(right);
  return `${JSON.stringify(field)}:"the first one"`;
}

function good(name: string, text: string): Case {
  return { name, is: 'good', reply: { text } };
}

function bad(name: string, text: string): Case {
  return { name, is: 'bad', reply: { text } };
}

function stopped(name: string, reply: Reply): Case {
  return { name, is: 'bad', reply };
}

function either(name: string, fields: Fields): Case {
  return { name, is: 'either', reply: { text: JSON.stringify(fields) } };
}
