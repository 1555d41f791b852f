import { ComponentType as Type } from 'discord-api-types/v10';

import { childrenOf, SELECTS } from './checks/components.ts';
import { listOf, objectOf, textOf } from './json.ts';
import type { Json } from './world.ts';

/** What Discord adds where it was left out. */
const DEFAULTS: Readonly<Record<number, Json>> = {
  [Type.Container]: { accent_color: null, spoiler: false },
  [Type.Separator]: { spacing: 1, divider: true },
  [Type.File]: { name: null, size: null, spoiler: false },
  [Type.Thumbnail]: { description: null, spoiler: false },
  ...Object.fromEntries(SELECTS.map((type) => [type, { min_values: 1, max_values: 1 }])),
};

/** Components as Discord keeps them: with what was left out, and each with a number of its own. */
export function completed(components: readonly Json[]): Json[] {
  let next = 1;
  const complete = (it: Json): Json => {
    const id = (it['id'] as number | undefined) || next;
    next = Math.max(next, id) + 1;
    const accessory = objectOf(it, 'accessory');
    return {
      ...DEFAULTS[it['type'] as number],
      ...it,
      id,
      ...(it['components'] ? { components: childrenOf(it).map(complete) } : null),
      ...(accessory ? { accessory: complete(accessory) } : null),
    };
  };
  return components.map(complete);
}

/** As Discord shows them, with the addresses of files in place of their names. */
export function withMedia(
  components: readonly Json[],
  addressOf: (name: string) => string | undefined,
): Json[] {
  const media = (it: Json | undefined): Json => {
    const url = textOf(it, 'url');
    const address = addressOf(url.replace(/^attachment:\/\//, '')) ?? url;
    return { id: '1', url: address, proxy_url: address };
  };
  const resolved = (it: Json): Json => {
    const accessory = objectOf(it, 'accessory');
    return {
      ...it,
      ...(it['components'] ? { components: childrenOf(it).map(resolved) } : null),
      ...(accessory ? { accessory: resolved(accessory) } : null),
      ...(it['type'] === Type.Thumbnail ? { media: media(objectOf(it, 'media')) } : null),
      ...(it['type'] === Type.File ? { file: media(objectOf(it, 'file')) } : null),
      ...(it['type'] === Type.MediaGallery ? { items: listOf(it, 'items').map(galleryItem) } : null),
    };
  };
  const galleryItem = (it: Json): Json => ({
    description: null,
    spoiler: false,
    ...it,
    media: media(objectOf(it, 'media')),
  });
  return components.map(resolved);
}
