import type { Vocabulary } from '#src/questions/names.ts';

/** What exists in tests of questions: `payments` is a service, a team and a schedule at once. */
export const VOCABULARY: Vocabulary = {
  me: 'ana',
  names: [
    { field: 'service', value: 'checkout-api', called: [] },
    { field: 'service', value: 'payments', called: [] },
    { field: 'service', value: 'active', called: [] },
    { field: 'team', value: 'payments', called: ['Payments'] },
    { field: 'team', value: 'platform', called: ['Platform'] },
    { field: 'assignee', value: 'ana', called: ['Ana Silva', 'Ana'] },
    { field: 'assignee', value: 'may', called: ['May Jones', 'May'] },
    { field: 'source', value: 'grafana', called: [] },
    { field: 'rule', value: 'HighErrorRate', called: [] },
    { field: 'schedule', value: 'payments', called: ['Payments'] },
  ],
};
