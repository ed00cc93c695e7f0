import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import {
  isSelected,
  parseSelector,
  type PeopleSelector,
  spellSelector,
} from '../../policy/files/selector.ts';
import { policyOf } from './quickstart.fixture.ts';

const { directory } = policyOf();
const BUILT_IN = ['owner', 'manager'] as const;

describe('a selector', () => {
  test.each<[string, PeopleSelector]>([
    ['owner', { kind: 'owner' }],
    ['manager', { kind: 'manager' }],
    ['group:engineers', { kind: 'group', group: 'engineers' }],
    ['person:ana', { kind: 'person', person: 'ana' as PersonId }],
  ])('"%s" is read, and is written in the same way', (text, selector) => {
    expect(parseSelector(text, BUILT_IN, directory)).toEqual({ ok: true, value: selector });
    expect(spellSelector(selector)).toBe(text);
  });

  test.each([
    ['everyone', 'write owner, manager, group:…, person:…'],
    ['group:ana', 'write owner, manager, group:…, person:…'],
    ['group:engineer', 'did you mean "group:engineers"?'],
    ['group:engineers:x', 'did you mean "group:engineers"?'],
    ['person:engineers', 'did you mean "group:engineers"?'],
    ['person:anna', 'did you mean "person:ana"?'],
    ['grp:ana', 'write owner, manager, group:…, person:…'],
    ['a-very-long-name-of-nobody', 'write owner, manager, group:…, person:…'],
    ['group', 'write owner, manager, group:…, person:…'],
    ['', 'write owner, manager, group:…, person:…'],
  ])('"%s" is refused with a hint', (text, hint) => {
    expect(parseSelector(text, BUILT_IN, directory)).toEqual({
      ok: false,
      error: `"${text}" names no known person or group; ${hint}`,
    });
  });

  test.each<[PeopleSelector, readonly string[]]>([
    [{ kind: 'everyone' }, ['ana', 'bo', 'sam']],
    [{ kind: 'group', group: 'engineers' }, ['ana', 'bo']],
    [{ kind: 'group', group: 'nobody-knows-it' }, []],
    [{ kind: 'person', person: 'ana' as PersonId }, ['ana']],
    [{ kind: 'owner' }, []],
    [{ kind: 'manager' }, []],
  ])('%j selects only those it names', (selector, selected) =>
    expect(
      ['ana', 'bo', 'sam', 'zed'].filter((person) => isSelected(directory, selector, person as PersonId)),
    ).toEqual(selected),
  );
});
