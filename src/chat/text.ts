/** Text made safe to store, for those who may not see the domain: the adapters. */
export { clean, cleanLine, shorten } from '#src/incident/text.ts';
