import type { Effort, Size, Task } from '../task.ts';
import { catchUpTask } from './catch-up.ts';
import { classifyTask } from './classify.ts';
import { duplicateTask } from './duplicate.ts';
import { extractionTask } from './extraction.ts';
import { handoffNoteTask } from './handoff-note.ts';
import { impactTask } from './impact.ts';
import { postMortemTask } from './post-mortem.ts';
import { questionTask } from './question.ts';
import { statusUpdateTask } from './status-update.ts';
import { summaryTask } from './summary.ts';
import { titleTask } from './title.ts';

/** A task without its types of input and answer, as lists and settings need it. */
export interface ListedTask {
  readonly name: string;
  readonly version: number;
  readonly size: Size;
  readonly effort: Effort;
}

/** Everything that a model is asked, by name. A test compares it with this folder. */
export const tasks: readonly ListedTask[] = [
  listed(catchUpTask),
  listed(classifyTask),
  listed(duplicateTask),
  listed(extractionTask),
  listed(handoffNoteTask),
  listed(impactTask),
  listed(postMortemTask),
  listed(questionTask),
  listed(statusUpdateTask),
  listed(summaryTask),
  listed(titleTask),
];

function listed<I, O>({ name, version, size, effort }: Task<I, O>): ListedTask {
  return { name, version, size, effort };
}
