import type { FileView, MessageView } from '#adapters/web/protocol.ts';

import { useApp } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';

/** The server lets browsers draw these; every other file is only ever saved. */
const DRAWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** What hangs on a message: pictures as pictures, other files to be saved. */
export function Files({ message }: { readonly message: MessageView }) {
  const { as } = useApp();
  return (
    <ul className="files">
      {message.files.map((file) => {
        const query = as === null ? '' : `?as=${encodeURIComponent(as)}`;
        const address = `/web/files/${encodeURIComponent(file.id)}${query}`;
        return (
          <li key={file.id}>
            <a className="file" href={address} target="_blank" rel="noreferrer">
              {DRAWN.has(file.type) ? (
                <img src={address} alt={file.name} loading="lazy" />
              ) : (
                <>
                  <Icon name="note" /> {file.name}
                </>
              )}
              <small>{sizeOf(file)}</small>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function sizeOf({ size }: FileView): string {
  if (size < 1024) return `${size} bytes`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}
