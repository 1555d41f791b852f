import { isIP } from 'node:net';

import { isCard, isCpf, isDni, isIban, isInsee, isPhone } from './redact-checks.ts';
import type { Detector } from './redact-secrets.ts';

/** What tells who somebody is, how they are reached, and what they pay with. */
export const PEOPLE: readonly Detector[] = [
  {
    kind: 'EMAIL',
    pattern:
      /(?<![\p{L}\p{N}_%+])[\p{L}\p{N}_%+][\p{L}\p{N}_.%+'-]{0,63}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu,
    check: (value) => !NOBODY.test(value),
  },
  {
    kind: 'IBAN',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    check: isIban,
    isInGroups: true,
  },
  {
    kind: 'CARD',
    pattern: /(?<![\w.]|[0-9a-f]-)\d{4}(?:[ -]?\d){9,15}(?!\w|-[0-9a-f]|\.\d)/g,
    check: isCard,
    isInGroups: true,
  },
  {
    kind: 'NATIONAL_ID',
    pattern: /(?<![\w.-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-]|\.\d)/g,
  },
  {
    kind: 'NATIONAL_ID',
    pattern: /\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/g,
  },
  { kind: 'NATIONAL_ID', pattern: /(?<![\w-])(?:\d{8}|[XYZ]\d{7})[A-Z](?![\w-])/g, check: isDni },
  { kind: 'NATIONAL_ID', pattern: /\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b/g },
  { kind: 'NATIONAL_ID', pattern: /(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])/g, check: isCpf },
  {
    kind: 'NATIONAL_ID',
    pattern: /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w-]|\.\d)/g,
    check: isInsee,
  },
  {
    kind: 'NATIONAL_ID',
    pattern:
      /\b(?:ssn|social security(?: number| no\.?)?|national[_ -]?id|passport(?:[_ -]?(?:no|number))?|tax[_ -]?id|nino|dni|bsn|pesel|aadhaar|steuer-?id|personnummer|driving licen[cs]e)(?:\\?["'])?\s{0,3}[:=#]?\s{0,3}(?:\\?["'])?(?<value>[A-Z]{0,3}\d[\dA-Z .-]{4,18}[\dA-Z])/gi,
  },
  {
    kind: 'PHONE',
    pattern:
      /(?<![\w.+])(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,14}(?:[ .-]\d{1,8}){0,5}(?![\w]|\.\d)/g,
    check: isPhone,
    isInGroups: true,
  },
  { kind: 'PHONE', pattern: /(?<![\w.+-])(?:1[ -])?(?:\(\d{3}\) ?|\d{3}[ -])\d{3}-\d{4}(?![\w-]|\.\d)/g },
  {
    kind: 'PHONE',
    pattern:
      /\b(?:(?:tele)?phone|tel|mobile|msisdn|fax|whatsapp)(?:[_ ]?(?:no|number))?\.?(?:\\?["'])?\s{0,3}[:=]?\s{0,3}(?:\\?["'])?(?<value>[+(]?\d[\d ().-]{5,20}\d)/gi,
    check: isPhone,
    isInGroups: true,
  },
];

/** An @ in the name of a program, not of a person: a process of a cluster, the user of a Git server. */
const NOBODY =
  /(?:^git@|\.svc$|\.cluster\.local$|\.(?:ec2|compute)\.internal$|\.consul$|@(?:\w+\.)?(?:service|socket|timer|slice|mount|target|scope)$)/i;

/** What is masked only where a setting says so: without it a model can tell less about a failure. */
export type Mask = 'ip' | 'host' | 'user';

export const MASKED: Readonly<Record<Mask, readonly Detector[]>> = {
  ip: [
    { kind: 'IP', pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g, check: (it) => isIP(it) === 4 },
    { kind: 'IP', pattern: /(?<![\w:.])[0-9a-f:]{2,39}(?![\w:])/gi, check: (it) => isIP(it) === 6 },
  ],
  host: [
    {
      kind: 'HOST',
      pattern:
        /(?<![\w.@-])[a-z0-9](?:[a-z0-9-]{0,62}\.[a-z0-9-]{1,63})(?:\.[a-z0-9-]{1,63}){0,6}(?![\w-])/gi,
      check: (it) => HOST.test(it),
    },
  ],
  user: [
    {
      kind: 'USER',
      pattern:
        /\b(?:user(?:_?name)?|login|owner|author|actor|principal)(?:\\?["'])?\s?[:=]\s?(?:\\?["'])?(?<value>[\p{L}\p{N}_.@-]{2,64})/giu,
    },
    { kind: 'USER', pattern: /\/(?:home|Users)\/(?<value>[\p{L}\p{N}_.-]{2,64})/gu },
  ],
};

/** Of three parts or more, or under a domain that is no ending of a file. */
const HOST =
  /(?:\..*\.[a-z]{2,24}|\.(?:com|net|org|io|dev|app|cloud|local|internal|lan|corp|svc|eu|uk|de|fr|us))$/i;
