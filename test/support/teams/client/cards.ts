import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';

/** Where an element has what stands in it. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: ['body'],
  Container: ['items'],
  Column: ['items'],
  ColumnSet: ['columns'],
  Table: ['rows'],
  TableRow: ['cells'],
  TableCell: ['items'],
  ImageSet: ['images'],
  ActionSet: [],
};

export function kindOf(element: Fields): string {
  return textOf(element['type']);
}

/** What stands directly in an element, from top to bottom. */
export function inside(element: Fields): readonly Fields[] {
  return (INSIDE[kindOf(element)] ?? []).flatMap((name) =>
    listOf(element[name]).map((it) => typed(element, it)),
  );
}

/** Columns, rows and cells may leave their type out. */
function typed(parent: Fields, child: unknown): Fields {
  const usual: Readonly<Record<string, string>> = {
    ColumnSet: 'Column',
    Table: 'TableRow',
    TableRow: 'TableCell',
    ImageSet: 'Image',
  };
  const type = usual[kindOf(parent)];
  const fields = fieldsOf(child);
  return type !== undefined && fields['type'] === undefined ? { ...fields, type } : fields;
}

/** All elements below this one, in the order in which they are read. */
export function elementsIn(element: Fields): readonly Fields[] {
  return inside(element).flatMap((it) => [it, ...elementsIn(it)]);
}

/** The actions of a card, those in its body first; without the ones of cards that they would show. */
export function actionsOf(card: Fields): readonly Fields[] {
  const inBody = elementsIn(card)
    .filter((it) => kindOf(it) === 'ActionSet')
    .flatMap((it) => listOf(it['actions']).map(fieldsOf));
  return [...inBody, ...listOf(card['actions']).map(fieldsOf)];
}

export function inputsOf(card: Fields): readonly Fields[] {
  return elementsIn(card).filter((it) => kindOf(it).startsWith('Input.'));
}

/** The card that an action would unfold below itself. */
export function shownBy(action: Fields): Fields | null {
  return kindOf(action) === 'Action.ShowCard' ? fieldsOf(action['card']) : null;
}

export const CARD = 'application/vnd.microsoft.card.adaptive';

/** The adaptive cards of a message. */
export function cardsOf(activity: Fields): readonly Fields[] {
  return listOf(activity['attachments'])
    .map(fieldsOf)
    .filter((it) => it['contentType'] === CARD)
    .map((it) => fieldsOf(it['content']));
}
