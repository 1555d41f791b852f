import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { catalogueOf, circlesOf, namesOf, type CatalogueService } from '#src/cause/catalogue.ts';

function service(
  id: string,
  dependsOn: readonly string[] = [],
  aliases: readonly string[] = [],
): CatalogueService {
  return { id, name: `The ${id}`, aliases, team: null, dependsOn, runbook: null, tier: null };
}

const IDS = ['a', 'b', 'c', 'd', 'e'];
const anyServices = fc
  .tuple(...IDS.map((id) => fc.subarray(IDS.filter((it) => it !== id))))
  .map((all) => all.map((dependsOn, index) => service(IDS[index] ?? '', dependsOn)));

describe('the catalogue', () => {
  const catalogue = catalogueOf([
    service('front', ['cart', 'search']),
    service('cart', ['db'], ['cartservice', 'Cart API']),
    service('search'),
    service('db', [], ['front']),
  ]);

  it('knows a service by id, name and alias, however it is written; an id comes before an alias', () => {
    for (const name of ['cart', 'CART', 'The Cart', 'the_cart', 'cart-api', ' cartservice ']) {
      expect(catalogue.find(name)?.id).toBe('cart');
    }
    expect(catalogue.find('front')?.id).toBe('front');
    expect(catalogue.find('carts')).toBeNull();
    expect(catalogue.find('')).toBeNull();
    expect(catalogue.find('constructor')).toBeNull();
    expect(namesOf('Cart API', catalogue)).toEqual(['cart', 'The cart', 'cartservice', 'Cart API']);
    expect(namesOf('mail', catalogue)).toEqual(['mail']);
  });

  it('says how many calls away what a service depends on is, and what depends on it', () => {
    expect(catalogue.dependencies('front')).toEqual([
      { id: 'cart', distance: 1 },
      { id: 'search', distance: 1 },
      { id: 'db', distance: 2 },
    ]);
    expect(catalogue.dependents('db')).toEqual([
      { id: 'cart', distance: 1 },
      { id: 'front', distance: 2 },
    ]);
    expect(catalogue.dependencies('nobody')).toEqual([]);
  });

  it('a circle ends where it began, and is said once', () => {
    const services = [service('a', ['b']), service('b', ['c']), service('c', ['a', 'd']), service('d')];
    expect(
      catalogueOf(services)
        .dependencies('a')
        .map((it) => it.id),
    ).toEqual(['b', 'c', 'd']);
    expect(circlesOf(services)).toEqual([['a', 'b', 'c']]);
    expect(circlesOf(catalogue.services)).toEqual([]);
  });

  it('whoever depends on a service is depended on by nobody less far away', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const any = catalogueOf(services);
        for (const { id } of services) {
          for (const { id: other, distance } of any.dependencies(id)) {
            expect(other).not.toBe(id);
            expect(any.dependents(other)).toContainEqual({ id, distance });
          }
        }
        const inCircle = circlesOf(services).flat();
        expect(new Set(inCircle).size).toBe(inCircle.length);
      }),
    );
  });
});
