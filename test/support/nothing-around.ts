import { closedDoor } from '#src/llm/door.ts';
import { hashingEmbedder } from '#src/search/hashing.ts';

/** For dispatch, where no test alert can be sent and nobody can be reached but in the chat. */
export const NOTHING_AROUND = {
  testSources: [],
  sendTestAlert: () => Promise.reject(new Error('there are no samples here')),
  ways: {
    names: [],
    parse: () => Promise.reject(new Error('there are no ways here')),
    tell: () => Promise.reject(new Error('there are no ways here')),
  },
  llm: closedDoor(),
  embedder: hashingEmbedder(),
} as const;
