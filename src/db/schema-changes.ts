/** Changes, and the catalogue of services. */
export interface ChangesSchema {}
