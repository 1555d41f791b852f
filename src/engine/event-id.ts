/**
 * Makes UUIDs of version 7 of one time out of random ones: they begin with the time, so that messages lie in the index
 * in the order they came, and one is found among the months by its id.
 */
export function eventIdsAt(at: Date): (random: string) => string {
  const time = at.getTime().toString(16).padStart(12, '0');
  const begin = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  return (random) => begin + random.slice(15);
}
