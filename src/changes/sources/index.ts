import type { ChangeSource } from '../source.ts';
import { argocd } from './argocd.ts';
import { generic } from './generic.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';

/** Every system that tells of changes, by name. */
export const changeSources: readonly ChangeSource[] = [argocd, generic, github, gitlab];
