import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '..', file), 'utf8');
const headings = new Set([...read('docs/invariants.md').matchAll(/^### (\w+)$/gm)].map(([, id]) => id ?? ''));
const rows = [...read('docs/threat-model.md').matchAll(/^\| (T\d\d) +\| .+ \| (.+?) +\|$/gm)].map(
  ([, id = '', proof = '']) => ({ id, proof }),
);
const linked = (proof: string): readonly string[] =>
  [...proof.matchAll(/\[(\w+)\]\(invariants\.md#(\w+)\)/g)].map(([, id = '', anchor]) => {
    expect(anchor).toBe(id.toLowerCase());
    return id;
  });

describe('docs/threat-model.md', () => {
  test('has each threat once, in order', () => {
    const ids = rows.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted());
    expect(ids.length).toBeGreaterThan(35);
  });

  test.each(rows)('$id has its tests, or says that it is not built yet', ({ id, proof }) => {
    const tests = linked(proof);
    expect(tests.filter((each) => !headings.has(each))).toEqual([]);
    if (headings.has(id)) expect(tests).toContain(id);
    else if (tests.length === 0) expect(proof).toContain('not built yet');
  });

  test('knows every threat of docs/invariants.md', () => {
    const known = new Set(rows.map(({ id }) => id));
    expect([...headings].filter((id) => /^T\d\d$/.test(id) && !known.has(id))).toEqual([]);
  });
});
