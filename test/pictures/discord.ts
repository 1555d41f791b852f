interface Component {
  readonly type: number;
  readonly content?: string;
  readonly label?: string;
  readonly style?: number;
  readonly components?: readonly Component[];
}

const AVATAR =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' fill='%23c0322b'/></svg>";

const BUTTONS: Readonly<Record<number, string>> = {
  1: 'primary',
  2: 'secondary',
  3: 'success',
  4: 'destructive',
};

/** A message's components as the library's elements. A container looks like an embed, and is drawn as one. */
export function discordHtml(components: readonly Component[], colour: string): string {
  const inside = components.flatMap((it) => it.components ?? []);
  const texts = inside.flatMap((it) =>
    it.type === 10 ? [lines(it.content ?? '')] : it.type === 14 ? ['<hr>'] : [],
  );
  const rows = inside.filter((it) => it.type === 1).map((it) => row(it.components ?? []));
  return `<discord-messages><discord-message author="Incident Manager" bot avatar="${AVATAR}">
    <discord-embed slot="embeds" color="${colour}"><discord-embed-description slot="description">${texts.join('')}</discord-embed-description></discord-embed>
    <discord-attachments slot="components">${rows.join('')}</discord-attachments>
  </discord-message></discord-messages>`;
}

function row(components: readonly Component[]): string {
  const buttons = components.map(
    ({ label = '', style = 2 }) =>
      `<discord-button type="${BUTTONS[style] ?? 'secondary'}">${escapeHtml(label)}</discord-button>`,
  );
  return `<discord-action-row>${buttons.join('')}</discord-action-row>`;
}

function lines(text: string): string {
  return text
    .split('\n')
    .map((it) => {
      const [, mark = '', rest = it] = /^(#{1,3}|-#|-) (.*)$/.exec(it) ?? [];
      if (mark.startsWith('#')) {
        return `<discord-header level="${mark.length}">${inline(rest)}</discord-header>`;
      }
      if (mark === '-#') return `<discord-subscript>${inline(rest)}</discord-subscript>`;
      return `<div>${mark === '-' ? '• ' : ''}${inline(rest)}</div>`;
    })
    .join('');
}

/** What our renderer writes: bold, code, links, times, and backslashes before everything that is meant as it is. */
function inline(text: string): string {
  const drawn = /\\(.)|\*\*(.+?)\*\*|`([^`]+)`|\[((?:\\.|[^\]])+)\]\(<?([^)>]+)>?\)|<t:(\d+):(\w)>|([&<>])/gu;
  return text.replaceAll(drawn, (_, escaped, bold, code, label, url, at, style, plain) => {
    if (escaped) return escapeHtml(String(escaped));
    if (bold) return `<discord-bold>${inline(String(bold))}</discord-bold>`;
    if (code) return `<discord-code>${escapeHtml(String(code))}</discord-code>`;
    if (label) {
      return `<discord-link href="${escapeHtml(String(url))}">${inline(String(label))}</discord-link>`;
    }
    if (at) return `<discord-time>${timeOf(Number(at) * 1000, String(style))}</discord-time>`;
    return escapeHtml(String(plain));
  });
}

/** As Discord shows it to somebody in UTC; relative times as of ten minutes later. */
function timeOf(at: number, style: string): string {
  if (style === 'R') return '10 minutes ago';
  const words = new Date(at).toISOString();
  return style === 't' ? words.slice(11, 16) : `${words.slice(0, 10)} ${words.slice(11, 16)}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
