/** Not what a program says in place of a password: nothing, a word about it, or a variable. */
export function isPassword(value: string): boolean {
  return value.length >= 3 && !SAYS_NOTHING.test(value) && !/^(.)\1*$/.test(value);
}

const SAYS_NOTHING =
  /^(?:true|false|null|none|nil|undefined|empty|missing|invalid|expired|required|incorrect|wrong|redacted|hidden|masked|filtered|failed|failure|error|denied|rejected|unknown|unset|not|yes|bearer|basic|authentication|reset|changed|rotated|[*x•.…#?_-]+|\[.*\]?|<.*>?|\$\{.*|\{[{$].*|\$\(.*|\$[A-Z_][A-Z0-9_]*|%[sdv]?.?|%\(.*)[.,:!]?$/is;

/** What is named a key or a token, and looks as if it were one. */
export function isSecret(value: string): boolean {
  if (value.length < 8 || !isPassword(value)) return false;
  return /\d/.test(value) || value.length >= 20 || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

/** Of the form of a token: long enough, and not a word or a path of words. */
export function isToken(value: string): boolean {
  return value.length >= 16 && /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value) >= 3;
}

/** As if drawn by lot: twenty characters or more, of capitals, small letters and digits. */
export function isMixed(value: string): boolean {
  if (value.length < 20 || !/^[\w.~+/=-]+$/.test(value)) return false;
  const isOfAll = /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value);
  return isOfAll && entropy(value) >= (/[/.]/.test(value) ? 4.3 : 3.7);
}

/** Of 32 hexadecimal digits or more, with or without hyphens. */
export function isHex(value: string): boolean {
  return /^[0-9a-f-]{32,}$/i.test(value) && /\d/.test(value) && /[a-f]/i.test(value);
}

/** Bits for each character, by how often each stands in it. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const it of value) counts.set(it, (counts.get(it) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** Not a port and a path, with an @ somewhere behind them. */
export function isCredentials(value: string): boolean {
  return !/^[^:]*:\d{1,5}(?:\/|$)/.test(value);
}

/** A payment card: of a known network, grouped as cards are, and its last digit right (Luhn). */
export function isCard(value: string): boolean {
  const isGrouped = /^(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})$/;
  const digits = value.replaceAll(/\D/g, '');
  return isGrouped.test(value) && NETWORKS.test(digits) && luhn(digits) === 0;
}

const NETWORKS =
  /^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d|2\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12})$/;

function luhn(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10;
}

/** By its check digits (ISO 13616). */
export function isIban(value: string): boolean {
  const account = value.replaceAll(' ', '');
  if (account.length < 15 || account.length > 34) return false;
  let rest = 0;
  for (const it of account.slice(4) + account.slice(0, 4)) {
    const number = Number.parseInt(it, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}

/** A number that can be called. Ten digits without a gap may be anything; so a gap, or a name before it, has to show what it is. */
export function isPhone(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '').length;
  return digits <= 15 && digits >= (/\d[ .()-]/.test(value) ? 8 : 10);
}

/** Of Spain: the letter follows from the number. */
export function isDni(value: string): boolean {
  const number = value.slice(0, -1).replace(/^[XYZ]/, (it) => String('XYZ'.indexOf(it)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === value.at(-1);
}

/** Of Brazil: both last digits follow from the others. */
export function isCpf(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '');
  const check = (length: number) => {
    let sum = 0;
    for (let index = 0; index < length; index += 1) sum += Number(digits[index]) * (length + 1 - index);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}

/** Of France: the last two digits are the rest of the others to 97. */
export function isInsee(value: string): boolean {
  const digits = value.replaceAll(' ', '');
  return 97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13));
}
