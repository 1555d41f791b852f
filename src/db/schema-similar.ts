/** What past incidents were like. */
export interface SimilarSchema {
  incidentMemories: {
    incident: number;
    service: string | null;
    rules: string[];
    text: string;
    words: string;
    cause: string | null;
    fix: string | null;
    overAt: Date;
    lastedMs: number;
    model: string | null;
    dimensions: number | null;
    vector: number[] | null;
  };
  incidentLikenesses: { incident: number; past: number; foundAt: Date };
}
