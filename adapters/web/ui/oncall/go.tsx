import type { MouseEvent, ReactNode } from 'react';

import { showPlace } from '../actions/rooms.ts';
import { useApp } from '../context.ts';
import { addressOf } from '../state/places.ts';
import { pathOf, type View } from './paths.ts';

/** A link to another of these pages. */
export function Go(props: {
  readonly to: View;
  readonly className?: string;
  readonly isHere?: boolean;
  readonly children: ReactNode;
}) {
  const app = useApp();
  const place = { type: 'on-call', path: pathOf(props.to) } as const;
  return (
    <a
      className={props.className}
      href={addressOf(place)}
      aria-current={props.isHere ? 'page' : undefined}
      onClick={(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        showPlace(app, place);
      }}
    >
      {props.children}
    </a>
  );
}
