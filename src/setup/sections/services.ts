import type { z } from 'zod';

import type { CatalogueService } from '#src/cause/catalogue.ts';

import { fields, list, text } from '../fields.ts';
import { nameOf, type Fields, type Pare } from '../state.ts';

const DEFAULTS = { aliases: [], team: null, depends_on: [], runbook: null, tier: null };

export const ServiceEntry = fields({
  name: text(200).optional(),
  aliases: list(text(200)).default([]),
  team: text().nullable().default(null),
  depends_on: list(text()).default([]),
  runbook: address().nullable().default(null),
  tier: tier().nullable().default(null),
});

export function readService(
  id: string,
  { name = nameOf(id), depends_on: dependsOn, aliases, ...rest }: z.output<typeof ServiceEntry>,
): CatalogueService {
  return { ...rest, id, name, aliases: sorted(aliases), dependsOn: sorted(dependsOn) };
}

export function writeService(it: CatalogueService, pare: Pare): Fields {
  const { id, name, aliases, team, dependsOn, runbook, tier: level } = it;
  const full = {
    name,
    aliases: sorted(aliases),
    team,
    depends_on: sorted(dependsOn),
    runbook,
    tier: level,
  };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}

/** Their order says nothing, and each is there once. */
function sorted(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted();
}

function address() {
  return text(2000).transform((it, ctx) => {
    const isOpenable = /^https?:\/\/[\x21-\x7e]+$/i.test(it) && URL.canParse(it);
    if (!isOpenable) ctx.addIssue('it is no address; write it like https://wiki.example.com/runbook');
    return it;
  });
}

function tier() {
  return text().transform((it, ctx) => {
    if (!/^[1-4]$/.test(it)) ctx.addIssue('a tier is 1 (the most important) to 4');
    return Number(it);
  });
}
