/**
 * The words of a text as they are read, whatever platform draws them: without
 * the marks of lists, mentions and columns, without times, which each platform
 * draws in the reader's own way, and without the names of rooms.
 */
export function words(text: string): string {
  return text
    .replaceAll(/[\u200B-\u200D\u2060\uFEFF]/gu, '')
    .replaceAll(/opened by (\S+?), [^\n]*/g, 'opened by $1')
    .replaceAll(TIME_OF_DAY, ' ')
    .replaceAll(/#?inc-\d+-[\p{L}\p{N}_-]+/giu, ' ')
    .replaceAll(/INC-\d{8}-\d{5}/g, ' ')
    .split(/\s+/u)
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '')
    .join(' ');
}

/** With its day: whoever tells a story late in the evening promises something for tomorrow. */
const TIME_OF_DAY =
  /\b(?:(?:today|tomorrow|yesterday) at |\d{4}-\d{2}-\d{2} (?:at )?)?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?(?:\s?UTC)?/giu;
