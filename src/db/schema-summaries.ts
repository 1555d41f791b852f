/** What models wrote for people. */
export interface SummariesSchema {}
