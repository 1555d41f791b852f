import type { Deliveries } from './delivering/deliveries.ts';
import type { Inbound } from './delivering/inbound.ts';
import type { Fields } from './json.ts';
import type { TeamsPerson, World } from './world.ts';

/** Something that the app shows to one person without anybody having sent a message. */
export interface Notice {
  readonly who: TeamsPerson;
  /** The channel, or the chat. */
  readonly conversation: string;
  readonly text: string;
  readonly at: Date;
  readonly id: string;
}

/** A dialog that stands open for somebody. */
export interface OpenDialog {
  readonly title: string;
  readonly card: Fields;
  readonly conversation: string;
  /** The message whose button opened it. */
  readonly replyTo: string | undefined;
  /** A dialog of the message extension is sent back to it. */
  readonly extension: Fields | null;
  /** What the app says about inputs before it sends them. */
  readonly complaints: Readonly<Record<string, string>>;
}

/** All that hands and eyes work on. */
export interface Stage {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly inbound: Inbound;
  readonly refused: string[];
  readonly notices: Notice[];
  /** By the person's id in the directory. */
  readonly dialogs: Map<string, OpenDialog>;
  /** The fixed channel of the settings: rooms that are threads stand in it. */
  readonly lobby: string;
  readonly rooms: 'channel' | 'thread';
}

/** A message that only the app shows, to one person. */
export function tell(stage: Stage, who: TeamsPerson, conversation: string, text: string): void {
  const { world, notices } = stage;
  notices.push({
    who,
    conversation: conversation.split(';')[0] ?? '',
    text,
    at: world.now(),
    id: world.nextId(),
  });
}
