import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const GRANT = /^grant (?<rights>.+) on (?<object>.+) to (?<role>\w+);?$/;
const RIGHT = /(?<kind>\w+)(?: \((?<columns>[^)]+)\))?/g;

/** Each right of a role as one line: `update (state) on lease to curfew_worker`, one column in each. */
function rightsIn(sql: string): readonly string[] {
  return sql.split('\n').flatMap((line) => {
    const { rights, object, role } = GRANT.exec(line)?.groups ?? {};
    if (!rights) return [];
    return [...rights.matchAll(RIGHT)].flatMap(({ groups: { kind, columns } = {} }) =>
      (columns?.split(', ') ?? ['*']).map((column) => `${kind} (${column}) on ${object} to ${role}`),
    );
  });
}

const read = (name: string): readonly string[] =>
  rightsIn(readFileSync(join(import.meta.dirname, name), 'utf8'));
const recorded = new Set(read('rights.sql'));
const isRecorded = (right: string): boolean =>
  recorded.has(right) || recorded.has(right.replace(/ \(.+?\) on /, ' (*) on '));

test('no role of the database has a right that is not recorded', () => {
  const rights = read('../../schema.sql');
  expect(rights.length).toBeGreaterThan(1000);
  expect(rights.filter((right) => !isRecorded(right))).toEqual([]);
});

test.each([
  ['grant update (state) on lease to curfew_worker', true],
  ['grant update (done) on access_check to curfew_worker', false],
  ['grant select (who) on attempt_count to curfew_cli', true],
  ['grant delete on event to curfew_worker', false],
])('%s is recorded: %s', (line, expected) => {
  expect(rightsIn(line).every(isRecorded)).toBe(expected);
});
