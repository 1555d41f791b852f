import { NO_MODEL, type Answer } from '#src/llm/door.ts';

import { BY_RULES } from './story.ts';

/** Small print: who wrote it, and where rules did though a model is set up, why. */
export function byWhom({ source, model, why }: Pick<Answer<unknown>, 'source' | 'model' | 'why'>): string {
  if (source !== 'rules' && model !== null) {
    return `Written by ${model} from the timeline. Check it before you rely on it.`;
  }
  return why === null || why === NO_MODEL ? BY_RULES : `${BY_RULES} (${why}.)`;
}

/** Nobody asked a model. */
export const RULES_ALONE = { source: 'rules', model: null, why: null } as const;
