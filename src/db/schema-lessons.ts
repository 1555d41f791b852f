/** What people corrected. */
export interface LessonsSchema {}
