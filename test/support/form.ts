import type { Form, FormField } from '#src/chat/message.ts';

const FIELD: FormField = {
  name: 'how',
  label: 'What was done?',
  help: '',
  kind: 'line',
  required: true,
  choices: [],
  searchable: false,
  value: '',
  error: '',
};

/** What is asked before INC-1 is resolved: in each field what was done, in one line, unless it says otherwise. */
export function formOf(...fields: readonly Partial<FormField>[]): Form {
  return {
    title: 'Resolve INC-1',
    submit: 'Resolve',
    command: 'resolve',
    known: { incident: 'INC-1' },
    fields: fields.map((it) => ({ ...FIELD, ...it })),
  };
}
