import { describe, expect, test } from '@jest/globals';
import { escaped, mention, mrkdwn, plainText } from '../../bot/cards/mrkdwn.ts';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { PersonId } from '../../core/ids.ts';
import { code, emphasis, instant, list, person, phrase, quoted } from '../../wording/phrase.ts';

const at = Date.UTC(2026, 0, 5, 12);
const ana = 'ana' as PersonId;
const bo = 'bo' as PersonId;
const nameOf = (who: PersonId) => (who === ana ? { name: 'Ana', slack: 'U0ANA' } : { name: '<Bo>' });

const everyPart = phrase`${person(ana)} and ${person(bo)} type ${code('/access <x>')}${instant(at, ', ')}: ${emphasis(quoted('R&D *b* \u202e'))}.`;

describe('a phrase with every kind of part', () => {
  test('is rendered for Slack with mentions, escaped text and local times', () => {
    expect(mrkdwn(everyPart, mention(nameOf))).toBe(
      '<@U0ANA> and &lt;Bo&gt; type `/access &lt;x&gt;`<!date^1767614400^, {date_short_pretty} at {time}|, 2026-01-05 12:00 UTC>: *R&amp;D *\u2060b*\u2060 ▯*.',
    );
  });

  test('is rendered for a terminal with names, quotes and UTC times', () => {
    expect(terminalText(everyPart, (who) => nameOf(who).name)).toBe(
      'Ana and <Bo> type "/access <x>", 2026-01-05 12:00 UTC: R&D *b* ▯.',
    );
  });

  test('is rendered without markup for the errors of a form', () => {
    expect(plainText(everyPart)).toBe('ana and bo type /access <x>, 2026-01-05 12:00 UTC: R&D *b* ▯.');
  });
});

test('a phrase has no empty parts', () => {
  expect(phrase``).toEqual([]);
  expect(phrase`${quoted('x')}${[]}.`).toEqual([{ kind: 'quoted', text: 'x' }, '.']);
});

test('a list names each item, with the conjunction before the last one', () => {
  const listed = (names: readonly string[], conjunction?: 'or') =>
    terminalText(
      list(
        names.map((name) => [name]),
        conjunction,
      ),
    );
  expect([listed([]), listed(['Ana']), listed(['Ana', 'Bo']), listed(['Ana', 'Bo', 'Cy'], 'or')]).toEqual([
    'nobody',
    'Ana',
    'Ana and Bo',
    'Ana, Bo or Cy',
  ]);
});

test('a list of more than eleven names ten and counts the others', () => {
  const listed = (count: number) =>
    terminalText(list(Array.from({ length: count }, (_, index) => [String(index + 1)])));
  expect(listed(11)).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11');
  expect(listed(12)).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more');
});

test('code in Slack can be copied: only a backtick, which would end it, is replaced', () => {
  expect(mrkdwn(code('/access orders_db *`<'), mention(nameOf))).toBe('`/access orders_db *\u02cb&lt;`');
});

test('escaped text cannot mention, link or format', () => {
  expect(escaped('<!here> & `x`')).toBe('&lt;!here&gt; &amp; `\u2060x`\u2060');
});
