/** Questions that are asked again. */
export interface QuestionsSchema {}
