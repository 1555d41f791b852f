/** The part of a logger that the database speaks to. */
export interface DbLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
