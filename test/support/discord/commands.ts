import { checkCommands, type CommandBody, type OptionBody } from './checks/commands.ts';
import { need } from './errors.ts';
import type { Json, World } from './world.ts';

export interface Command extends CommandBody {
  readonly id: string;
  readonly guildId: string | null;
  readonly version: string;
}

/** So many commands may be created in a guild in one day. */
const CREATES_A_DAY = 200;

/** What the bot has registered: for its guild, where it holds at once, and everywhere. */
export class Commands {
  readonly #world: World;
  #all: readonly Command[] = [];
  #created = 0;
  /** How often they were overwritten in bulk. */
  overwritten = 0;

  constructor(world: World) {
    this.#world = world;
  }

  in(guildId: string | null): readonly Command[] {
    return this.#all.filter((it) => it.guildId === guildId);
  }

  /** What people in the guild are offered. */
  get offered(): readonly Command[] {
    return this.#all;
  }

  /** Puts these in place of all that are there. Throws Refusal. */
  overwrite(guildId: string | null, bodies: readonly CommandBody[]): readonly Command[] {
    checkCommands(bodies);
    const before = this.in(guildId);
    const made = bodies.map((body) => this.#made(guildId, body, before));
    const fresh = made.filter(({ id }) => !before.some((it) => it.id === id)).length;
    need(this.#created + fresh <= CREATES_A_DAY, 30034);
    this.#created += fresh;
    this.overwritten += 1;
    this.#all = [...this.#all.filter((it) => it.guildId !== guildId), ...made];
    return made;
  }

  #made(guildId: string | null, body: CommandBody, before: readonly Command[]): Command {
    const same = before.find((it) => it.name === body.name && (it.type ?? 1) === (body.type ?? 1));
    if (same && JSON.stringify(bodyOf(same)) === JSON.stringify(body)) return same;
    return { ...body, id: same?.id ?? this.#world.nextId(), guildId, version: this.#world.nextId() };
  }
}

export function commandJson(world: World, { id, guildId, version, ...body }: Command): Json {
  return {
    ...body,
    id,
    version,
    application_id: world.appId,
    ...(guildId === null ? null : { guild_id: guildId }),
    type: body.type ?? 1,
    description: body.description ?? '',
    default_member_permissions: body.default_member_permissions ?? null,
    nsfw: false,
    name_localizations: null,
    description_localizations: null,
    ...(body.options ? { options: body.options.map(optionJson) } : null),
  };
}

function bodyOf({ id: _id, guildId: _guildId, version: _version, ...body }: Command): CommandBody {
  return body;
}

/** Discord leaves out what says nothing. */
function optionJson({ required, autocomplete, options, ...rest }: OptionBody): Json {
  return {
    ...rest,
    ...(required ? { required } : null),
    ...(autocomplete ? { autocomplete } : null),
    ...(options ? { options: options.map(optionJson) } : null),
  };
}
