/** What past incidents were like. */
export interface SimilarSchema {}
