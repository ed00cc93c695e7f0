import { expect, test } from '@jest/globals';
import type { Provider } from '../../../providers/provider.ts';

/** Junk that every `parseTarget` must refuse with a sentence. Add the provider's own rows beside these. */
const INVALID: readonly (readonly [what: string, json: unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a text', 'orders'],
  ['a list', []],
  ['an empty object', {}],
  ['a prototype key', JSON.parse('{"__proto__": {"kind": "policy"}}')],
  ['a constructor', { constructor: { prototype: {} } }],
  ['only unknown fields', { colour: 'red' }],
];

/**
 * Holds a provider's `parseTarget` to a table of bad input.
 *
 * @param rows what is wrong, the JSON, and a word that the sentence must contain (the field's name)
 */
export function testRefusedTargets<T>(
  provider: () => Provider<T>,
  rows: readonly (readonly [what: string, json: unknown, names: string])[],
) {
  test.each(INVALID)('parseTarget refuses %s', (_what, json) => {
    const parsed = provider().parseTarget(json);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toMatch(/^[^\n]{10,300}$/);
  });
  test.each(rows)('parseTarget refuses %s', (_what, json, names) => {
    const parsed = provider().parseTarget(json);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) {
      expect(parsed.error).toContain(names);
      expect(parsed.error).toMatch(/^[^\n]{10,300}$/);
    }
  });
}
