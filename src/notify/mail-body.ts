import type { Notice } from './channel.ts';
import { bodyLines, escapeMarkup, headline, link } from './words.ts';

const BUTTON =
  'display:inline-block;padding:12px 20px;margin:8px 8px 8px 0;border-radius:6px;' +
  'background:#1a4fa3;color:#ffffff;text-decoration:none;font-weight:bold';

/** The mail as plain text: each link on a line of its own, so that no program breaks it. */
export function mailText(notice: Notice, max: number): string {
  const links = linksOf(notice).map(({ text, url }) => `${text}:\n${url}`);
  return [headline(notice, max), ...bodyLines(notice, max), '', ...links].join('\n').trim();
}

/** The mail as HTML: nothing is loaded from anywhere, and no word of it is markup. */
export function mailHtml(notice: Notice, max: number): string {
  const lines = bodyLines(notice, max).map((it) => `<p>${escapeMarkup(it)}</p>`);
  const buttons = linksOf(notice).map(
    ({ text, url }) => `<a href="${escapeMarkup(url)}" style="${BUTTON}">${escapeMarkup(text)}</a>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#1b1b1b;background:#ffffff">',
    `<h1 style="font-size:20px">${escapeMarkup(headline(notice, max))}</h1>`,
    ...lines,
    `<p>${buttons.join('')}</p>`,
    '</body></html>',
  ].join('\n');
}

function linksOf({ ack, incident }: Notice): { text: string; url: string }[] {
  const [ackUrl, page] = [link(ack?.url), link(incident?.url)];
  return [
    ...(ackUrl === null ? [] : [{ text: 'Acknowledge', url: ackUrl }]),
    ...(page === null ? [] : [{ text: 'Open the incident', url: page }]),
  ];
}
