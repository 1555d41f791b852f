export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inside: readonly (Element | string)[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};

/**
 * Reads markup as strictly as it can be read: only these tags, every one of them
 * closed, every attribute quoted, no entity but five, no bare `<` or `&`. So words
 * from outside that became markup are an error or show up as elements.
 */
export function readMarkup(source: string, tags: ReadonlySet<string>, voids: ReadonlySet<string>): Element {
  const root: { tag: string; attributes: Record<string, string>; inside: (Element | string)[] } = {
    tag: '',
    attributes: {},
    inside: [],
  };
  const open = [root];
  const pattern = /<(\/?)(\w+)((?: [\w-]+="[^"<>]*")*)\s*>|([^<]+)|(.)/gsu;
  for (const [whole, close, tag = '', attributes = '', text, stray] of source.matchAll(pattern)) {
    const here = open.at(-1) ?? root;
    if (stray !== undefined) throw new Error(`a bare ${stray} in ${source}`);
    if (text !== undefined) here.inside.push(decoded(text));
    else if (!tags.has(tag)) throw new Error(`${whole} does not belong there`);
    else if (close === '/') {
      if (here.tag !== tag) throw new Error(`${whole} closes ${here.tag}`);
      open.pop();
    } else {
      const made = { tag, attributes: attributesOf(attributes), inside: [] };
      here.inside.push(made);
      if (!voids.has(tag)) open.push(made);
    }
  }
  if (open.length !== 1) throw new Error(`${open.at(-1)?.tag} is not closed`);
  return root;
}

/** All elements with that tag, however deep. */
export function elementsIn(element: Element, tag: string): Element[] {
  return element.inside.flatMap((it) => {
    if (typeof it === 'string') return [];
    return it.tag === tag ? [it, ...elementsIn(it, tag)] : elementsIn(it, tag);
  });
}

export function wordsIn(element: Element): string {
  return element.inside.map((it) => (typeof it === 'string' ? it : wordsIn(it))).join('');
}

function attributesOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([\w-]+)="([^"]*)"/g)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, decoded(value)]));
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:([#\w]+);)?/g, (whole, name: string | undefined) => {
    const character = ENTITIES[name ?? ''];
    if (character === undefined) throw new Error(`${whole} is no entity`);
    return character;
  });
}
