import { expect, test } from '@jest/globals';
import type { Provider } from '../../../providers/provider.ts';

/** Invalid input that every `parseTarget` must refuse with a sentence. */
const INVALID: readonly (readonly [what: string, json: unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a string', 'orders'],
  ['a list', []],
  ['an empty object', {}],
  ['a prototype key', JSON.parse('{"__proto__": {"kind": "policy"}}')],
  ['a constructor', { constructor: { prototype: {} } }],
  ['only unknown fields', { colour: 'red' }],
];

/**
 * Tests that a provider's `parseTarget` refuses invalid input.
 *
 * @param rows what is wrong, the JSON, and the name of the field, which the sentence must contain
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
