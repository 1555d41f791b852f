import { test as base } from './database.ts';
import { openDoor, type DoorOptions, type OpenDoor } from './http.ts';

/** Opens doors of several processes over one database; they are closed at the end of the test. */
export const test = base.extend('open', async ({ db }, { onCleanup }) => {
  const doors: OpenDoor[] = [];
  onCleanup(async () => {
    for (const door of doors) await door.close();
  });
  return async (options?: DoorOptions) => {
    const door = await openDoor(db, options);
    doors.push(door);
    return door;
  };
});
