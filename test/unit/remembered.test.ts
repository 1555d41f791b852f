import { expect, test } from 'vitest';

import { remembered } from '#src/incident/remembered.ts';

test('what was asked before is answered from memory, and what is too much is not kept', () => {
  const asked: string[] = [];
  const shout = remembered((text) => {
    asked.push(text);
    return text.toUpperCase();
  });
  expect([shout('a'), shout('a'), shout('')]).toEqual(['A', 'A', '']);
  expect(shout('')).toBe('');
  expect(asked).toEqual(['a', '']);
  const long = 'x'.repeat(501);
  expect([shout(long), shout(long)]).toEqual([long.toUpperCase(), long.toUpperCase()]);
  expect(asked).toHaveLength(4);
  for (let index = 0; index < 2001; index += 1) shout(`word ${index}`);
  asked.length = 0;
  shout('a');
  shout('word 2000');
  expect(asked).toEqual(['a']);
});
