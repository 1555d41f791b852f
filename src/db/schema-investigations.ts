/** What was looked into. */
export interface InvestigationsSchema {}
