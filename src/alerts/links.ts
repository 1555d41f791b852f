import { Link } from './alert.ts';

/** A link when `url` is an http(s) address, null for anything else a sender may have put there. */
export function linkTo(label: string, url: unknown): Link | null {
  const link = Link.safeParse({ label, url });
  return link.success ? link.data : null;
}

/** The links among these, each address once, in order. */
export function linksTo(...candidates: readonly (readonly [label: string, url: unknown])[]): Link[] {
  const links = candidates.flatMap(([label, url]) => linkTo(label, url) ?? []);
  return links.filter((link, index) => links.findIndex(({ url }) => url === link.url) === index);
}
