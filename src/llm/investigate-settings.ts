import { NOTHING_OUTSIDE, type Outside } from './tools/http/outside.ts';

/** Whether a model looks for causes, and what it may look at. */
export interface Looking {
  /** `auto`: by itself for P0 and P1; `asked`: only when somebody asks; `off`: rules alone. */
  readonly mode: 'auto' | 'asked' | 'off';
  readonly outside: Outside;
}

/** As it is where nothing is set. */
export const LOOKING: Looking = { mode: 'auto', outside: NOTHING_OUTSIDE };
