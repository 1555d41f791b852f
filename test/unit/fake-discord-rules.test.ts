import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { can, channelBits, rawBits, sees } from '#test/support/discord/permissions.ts';
import { Rates } from '#test/support/discord/rates.ts';
import { World, type Overwrite } from '#test/support/discord/world.ts';

const SOME = [Bits.ViewChannel, Bits.SendMessages, Bits.AddReactions, Bits.PinMessages, Bits.ManageThreads];
const bits = fc.subarray(SOME).map((all) => all.reduce((sum, bit) => sum | bit, 0n));

function worldOf() {
  const world = new World(() => new Date('2026-03-01T08:00:00Z'), 0n);
  const role = world.addRole('team', 0n);
  const user = world.addPerson('ana', 'Ana');
  world.join(user.id, role.id);
  const channel = world.addChannel({ type: ChannelType.GuildText, name: 'room' });
  return { world, role, user, channel };
}

describe('rights in a channel', () => {
  test('are those of the guild, then what all, what roles and what the member is denied and allowed there', () => {
    const level = fc.record({ allow: bits, deny: bits });
    fc.assert(
      fc.property(bits, level, level, level, (base, everyone, ofRole, own) => {
        const { world, role, user, channel } = worldOf();
        for (const it of world.roles.values()) it.permissions = it.id === world.guildId ? base : 0n;
        const overwrites: Overwrite[] = [
          { id: user.id, type: 1, ...own },
          { id: world.guildId, type: 0, ...everyone },
          { id: role.id, type: 0, ...ofRole },
        ];
        channel.overwrites = overwrites;
        for (const bit of SOME) {
          const said = [own, ofRole, everyone].find(({ allow, deny }) => (allow | deny) & bit);
          const expected = said ? (said.allow & bit) !== 0n : (base & bit) !== 0n;
          expect((rawBits(world, user.id, channel) & bit) !== 0n).toBe(expected);
        }
        const isSeen = sees(world, user.id, channel);
        expect(channelBits(world, user.id, channel) === 0n).toBe(!isSeen);
        if (!can(world, user.id, channel, Bits.SendMessages)) {
          expect(can(world, user.id, channel, Bits.AttachFiles)).toBe(false);
        }
        expect(can(world, world.ownerId, channel, Bits.ManageGuild)).toBe(true);
      }),
    );
  });

  test('are none for who is not there', () => {
    const { world, channel } = worldOf();
    const stranger = world.addPerson('x', 'X');
    expect([channelBits(world, stranger.id, channel), rawBits(world, stranger.id, channel)]).toEqual([
      0n,
      0n,
    ]);
  });
});

describe('a limit', () => {
  test('lets in what it says, and whoever waits as long as told', () => {
    const steps = fc.array(fc.nat(700), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 100, max: 2000 }),
        steps,
        (limit, perMs, pauses) => {
          let now = 0;
          const rates = new Rates(1, () => now);
          const take = () => rates.take({ name: 'x', rate: { limit, perMs } }, [], false);
          let [startedAt, used] = [-Infinity, 0];
          for (const pause of pauses) {
            now += pause;
            if (now >= startedAt + perMs) [startedAt, used] = [now, 0];
            const { refused, headers } = take();
            expect(refused === null).toBe(used < limit);
            if (refused) expect(refused.retryAfterS * 1000).toBeCloseTo(startedAt + perMs - now, 3);
            used = Math.min(limit, used + 1);
            expect(headers['x-ratelimit-remaining']).toBe(String(limit - used));
          }
          const last = take().refused;
          if (!last) return;
          now += last.retryAfterS * 1000;
          expect(take().refused).toBe(null);
        },
      ),
    );
  });
});
