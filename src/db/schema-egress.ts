/** What left for a model. */
export interface EgressSchema {}
