import { describe, expect, test } from '@jest/globals';
import { nearestPerson, personTyped } from '../../requests/named-person.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';

const policy = policyOf();

describe('a person is found', () => {
  test.each([
    ['by their id', 'ana', 'ana'],
    ['by an id in upper case', 'ANA', 'ana'],
    ['by an id with the @ of Slack', '@ana', 'ana'],
    ['by their whole name', 'Ana Ferreira', 'ana'],
    ['by their name in lower case, after an @', '@ana ferreira', 'ana'],
    ['by a mention', '<@U0ANAFERR1>', 'ana'],
    ['by a mention with a name', '<@U0BOLIND01|somebody else>', 'bo'],
    ['not by half a name', 'Ferreira', undefined],
    ['not by the mention of an account that nobody has', '<@U0NOBODY01>', undefined],
    ['not by an account as plain text', 'U0ANAFERR1', undefined],
    ['not by a name that nobody has', 'zed', undefined],
  ])('%s', (_how, typed, expected) => expect(personTyped(policy, typed)?.id).toBe(expected));
});

describe('the nearest person', () => {
  test.each([
    ['of a mistyped id', 'anna', 'ana'],
    ['of a first name with a mistake', 'lindqist', 'bo'],
    ['of a mistyped name', '@ana fereira', 'ana'],
    ['of something else is nobody', 'kubernetes', undefined],
    ['of two letters is nobody, because every short name is similar', 'ao', undefined],
  ])('%s', (_of, typed, expected) => expect(nearestPerson(policy, typed, () => true)).toBe(expected));

  test('is one whom the reader may see', () =>
    expect(nearestPerson(policy, 'anna', (person) => person !== 'ana')).not.toBe('ana'));
});
