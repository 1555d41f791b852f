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
  const isNamedOnly = takesRest(of)
    ? name !== rest
    : !of.required &&
      (of.isWord || of.kind === 'when' || of.kind === 'duration' || (of.kind === 'choice' && rest));
  if (isNamedOnly && of.lead.length === 0) return `[--${name} ...]`;
  const lead = of.lead[0] && (isNamedOnly || of.kind === 'incident') ? `${of.lead[0]} ` : '';
  const word = `${lead}${name}${name === rest ? '...' : ''}`;
  return of.required && of.kind !== 'incident' ? `<${word}>` : `[${word}]`;
}
