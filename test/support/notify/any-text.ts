import * as fc from 'fast-check';

/** Text of any code points, half characters among them, and often of what means something to markup, mail or speech. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const marks = [
    '<',
    '>',
    '&',
    '"',
    "'",
    ' ',
    '\r',
    '\n',
    '\t',
    '\0',
    '\u202E',
    '\uFFFE',
    '\uD800',
    '🔥',
    ']]>',
    '&#0;',
  ];
  const unit = fc.oneof(
    fc.constantFrom(...marks),
    fc.nat(0x7f).map((it) => String.fromCodePoint(it)),
    fc.nat(0x10ffff).map((it) => String.fromCodePoint(it)),
  );
  return fc.string({ unit, maxLength });
}
