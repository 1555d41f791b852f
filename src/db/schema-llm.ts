/** Calls of models, and their cached answers. */
export interface LlmSchema {}
