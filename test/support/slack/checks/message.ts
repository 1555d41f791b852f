import { objectsOf, type Json } from '#test/support/slack/json.ts';
import { badly, Refusal } from '#test/support/slack/refusal.ts';

import { blockProblems, charactersIn } from './blocks.ts';
import { schemaProblems } from './schema.ts';

/** Slack's own numbers, of one message. */
const MOST_BLOCKS = 50;
/**
 * A message's blocks together. Slack names no number; those who met "msg_blocks_too_long" measured
 * 13,297 characters in one block, and 125 less for each block beside (slackapi/bolt-js, issue 2509).
 */
const MOST_CHARACTERS = 13_422;
const A_BLOCK = 125;

/** Why Slack would refuse a message's blocks; null when it would not. */
export function refusedBlocks(blocks: readonly Json[], attachments: readonly Json[]): Refusal | null {
  const wrong = problemsOf(blocks, '/blocks');
  if (wrong.length > 0) return badly('invalid_blocks', wrong);
  if (charactersIn(blocks) + blocks.length * A_BLOCK > MOST_CHARACTERS) {
    return new Refusal('msg_blocks_too_long');
  }
  const beside = attachments.flatMap((it, index) =>
    problemsOf(objectsOf(it['blocks']), `/attachments/${index}/blocks`),
  );
  return beside.length > 0 ? badly('invalid_attachments', beside) : null;
}

function problemsOf(blocks: readonly Json[], at: string): readonly string[] {
  const many =
    blocks.length > MOST_BLOCKS ? [`no more than ${MOST_BLOCKS} items allowed [json-pointer:${at}]`] : [];
  const shape = schemaProblems(blocks, 'blocks', at);
  return [...many, ...shape, ...(shape.length > 0 ? [] : blockProblems(blocks, 'message', at))];
}
