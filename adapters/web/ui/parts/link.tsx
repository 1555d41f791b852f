import type { ReactNode } from 'react';

import { showPlace } from '../actions/rooms.ts';
import { useApp } from '../context.ts';
import { messageAt, placeOfLink } from '../state/places.ts';
import { roomOfIncident } from '../state/rooms.ts';
import { safeUrl } from '../words/tokens.ts';

/** A link from outside: http and https only, in a tab of its own. A room of this page opens here. */
export function Link({ url, children }: { readonly url: string; readonly children: ReactNode }) {
  const app = useApp();
  const roomOf = (incident: string) => roomOfIncident(app.store.get().incidents.values(), incident);
  const href = safeUrl(URL.parse(url, location.origin)?.href ?? '');
  if (href === null) return <span>{children}</span>;
  const place = placeOfLink(href, location.origin, roomOf);
  if (place === null) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    );
  }
  return (
    <a
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        showPlace(app, place, { message: messageAt(href) });
      }}
    >
      {children}
    </a>
  );
}
