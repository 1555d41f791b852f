import { randomUUID } from 'node:crypto';

import { cardsOf, elementsIn, kindOf } from '../client/cards.ts';
import { readActivity } from '../client/reading.ts';
import type { Method } from '../graph/channels.ts';
import { channelOf } from '../graph/channels.ts';
import { MAY } from '../graph/permissions.ts';
import { fieldsOf, listOf, textOf } from '../json.ts';
import type { Posted, World } from '../world.ts';
import { Refusal } from './refusal.ts';
import type { Call, Reply, Route } from './server.ts';

/** What one upload may have without a session: Microsoft Graph's "Upload or replace the contents of a driveItem". */
const MOST_BYTES = 250 * 1024 * 1024;

/** The bytes of what people put into messages: pictures at the Bot Connector, the rest in SharePoint. */
export function mediaRoutes(world: World): readonly Route[] {
  const at = '/amer/{tenant}/v3/attachments';
  return [
    {
      verb: 'GET',
      path: '/media/{message}/{name}',
      service: 'media',
      handle: (call) => bytesOf(world, call),
    },
    { verb: 'GET', path: `${at}/{message}`, service: 'connector', handle: (call) => infoOf(world, call) },
    {
      verb: 'GET',
      path: `${at}/{message}/views/{view}`,
      service: 'connector',
      handle: (call) => bytesOf(world, call),
    },
  ];
}

/** What a bot may know of a picture before it fetches it: the swagger's AttachmentInfo. */
function infoOf(world: World, call: Call): Reply {
  const file = fileOf(world, call);
  return {
    status: 200,
    body: { name: file.name, type: 'image/*', views: [{ viewId: 'original', size: file.bytes.length }] },
  };
}

function bytesOf(world: World, call: Call): Reply {
  const { bytes } = fileOf(world, call);
  return { status: 200, bytes, headers: { 'content-length': String(bytes.length) } };
}

function fileOf(world: World, call: Call): Posted['files'][number] {
  const file = world.message(call.params['message'] ?? '')?.files[0];
  if (!file) throw new Refusal(404, 'NotFound', 'There is no such file.');
  return file;
}

/** The SharePoint of the team, as far as files of channels go. */
export class Drive {
  readonly #id = `b!${randomUUID()}`;
  readonly #folders = new Map<string, string>();
  readonly #items = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>();

  methods(world: World): readonly Method[] {
    return [
      [
        'GET',
        '/teams/{team}/channels/{channel}/filesFolder',
        MAY.readFiles,
        (call) => this.#folder(world, call),
      ],
      ['PUT', '/drives/{drive}/items/{item}:/{name}:/content', MAY.writeFiles, (call) => this.#upload(call)],
    ];
  }

  #folder(world: World, call: Call): Reply {
    const channel = channelOf(world, call);
    const id = this.#folders.get(channel.id) ?? `01${randomUUID().replaceAll('-', '').toUpperCase()}`;
    this.#folders.set(channel.id, id);
    const webUrl = `https://contoso.sharepoint.com/sites/incidents/Shared%20Documents/${encodeURIComponent(channel.name)}`;
    return {
      status: 200,
      body: {
        id,
        name: channel.name,
        webUrl,
        parentReference: { driveId: this.#id, driveType: 'documentLibrary' },
        folder: {},
      },
    };
  }

  #upload(call: Call): Reply {
    const name = call.params['name'] ?? '';
    const isThere =
      call.params['drive'] === this.#id && [...this.#folders.values()].includes(call.params['item'] ?? '');
    if (!isThere) throw new Refusal(404, 'itemNotFound', 'The resource could not be found.');
    if (/["*:<>?/\\|#%]/.test(name) || name === '') {
      throw new Refusal(400, 'invalidRequest', 'The file name is not valid.');
    }
    if (call.raw.length > MOST_BYTES) {
      throw new Refusal(413, 'invalidRequest', 'The file is too large for one request.');
    }
    const id = `01${randomUUID().replaceAll('-', '').toUpperCase()}`;
    const webUrl = `https://contoso.sharepoint.com/sites/incidents/Shared%20Documents/${id}/${encodeURIComponent(name)}`;
    this.#items.set(webUrl, { name, bytes: call.raw });
    return {
      status: 201,
      body: { id, name, webUrl, size: call.raw.length, eTag: `"{${randomUUID()}},1"`, file: {} },
    };
  }

  /** The files that a message of the bot carries, or links to. */
  attach(posted: Posted): void {
    posted.files.length = 0;
    for (const attachment of listOf(posted.activity['attachments']).map(fieldsOf)) {
      const picture = pictureOf(textOf(attachment['contentUrl']), textOf(attachment['name']));
      if (picture) posted.files.push(picture);
    }
    const images = cardsOf(posted.activity).flatMap((card) =>
      elementsIn(card).filter((it) => kindOf(it) === 'Image'),
    );
    for (const image of images) {
      const picture = pictureOf(textOf(image['url']), textOf(image['altText']));
      if (picture) posted.files.push(picture);
    }
    for (const link of readActivity(posted.activity).links) {
      const item = this.#items.get(link);
      if (item) posted.files.push(item);
    }
  }
}

function pictureOf(url: string, name: string): { name: string; bytes: Uint8Array } | null {
  const base64 = /^data:image\/[\w.+-]+;base64,(.+)$/.exec(url)?.[1];
  return base64 === undefined ? null : { name, bytes: Buffer.from(base64, 'base64') };
}
