import type { Arg } from './args.ts';
import type { Command } from './command.ts';

/** How a command is typed: `resolve [incident] [notes...] [--cause ...]`; what may be left out is in brackets. */
export function usage(command: Command): string {
  const rest = Object.entries(command.args).find(([, of]) => takesRest(of))?.[0];
  const parts = Object.entries(command.args).map(([name, of]) => part(name, of, rest));
  const typed = parts.filter((it) => !it.includes('--'));
  const named = parts.filter((it) => it.includes('--'));
  return [command.name, ...typed, ...named].join(' ');
}

/** A name as people read it: `Post-mortem` of `postmortem`. */
export function labelOf(name: string): string {
  return LABELS[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const LABELS: Readonly<Record<string, string>> = {
  to: 'To whom',
  into: 'Into',
  next: 'Next update',
  cause: 'Root cause',
  postmortem: 'Post-mortem',
};

function takesRest({ kind, isWord }: Arg): boolean {
  return (kind === 'text' || kind === 'paragraph') && !isWord;
}

function part(name: string, of: Arg, rest: string | undefined): string {
  if (isNamedOnly(name, of, rest)) return `[--${name} ...]`;
  const isIncident = of.kind === 'incident';
  const word = PLACEHOLDERS[of.kind] ?? (name === rest ? `${name}...` : name);
  const isLed = PLACEHOLDERS[of.kind] !== undefined && of.lead.includes(name);
  const shown = isLed ? `${name} ${word}` : word;
  return of.required && !isIncident ? `<${shown}>` : `[${shown}]`;
}

/** Optional words beside a text would be taken for its first one, so they are said by name, unless a word leads to them. */
function isNamedOnly(name: string, of: Arg, rest: string | undefined): boolean {
  if (takesRest(of)) return name !== rest;
  if (of.required) return false;
  if (of.kind === 'schedule') return rest !== undefined;
  if (of.lead.length > 0) return false;
  return (
    of.isWord || of.kind === 'when' || of.kind === 'duration' || (of.kind === 'choice' && rest !== undefined)
  );
}

const PLACEHOLDERS: Readonly<Partial<Record<Arg['kind'], string>>> = {
  incident: 'INC',
  when: 'TIME',
  duration: 'LENGTH',
};
