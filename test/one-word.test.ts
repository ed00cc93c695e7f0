import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../scripts/import-table.ts';

// One word for each thing. A retired word may not come back into the product or the docs.

/** Retired words, and what to say instead. */
const RETIRED: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bask(s|ed|ing)? for\b|\baskers?\b|\baskings?\b/i, 'request'],
  [/\b(take|takes|took|taken|taking)( \w+)? (back|away)\b/i, 'revoke'],
  [/\b(give|gives|gave|given|giving)( \w+)? back\b/i, 'end, or return'],
  [/\b(a|says?|said|saying) yes\b|\byeses\b/i, 'approve'],
  [/\brungs?\b/i, 'level, or mechanism'],
  [/\blanes?\b/i, 'lock'],
  [/\btellings?\b|\buntold\b/i, 'notification'],
  [/\bweather\b/i, 'transient error'],
  [/\bhopeless\b/i, 'final'],
  [/\bdoors?\b/i, 'inbox, channel or login'],
  [/\bwhispers?\b/i, 'private message'],
  [/\bapolog(y|ies|ises?)\b/i, 'error message'],
  [/\bmachinery\b/i, 'the system'],
  [/\bpretend(s|ed|ing)?\b/i, 'simulated'],
  [/\bow(ed|es|ing)\b/i, 'overdue, or must be revoked'],
  [/\btroubles?\b/i, 'error'],
  [/\.target\.target\b/, 'target.spec'],
  [
    /\b(shutOut|putOut|needClosedDoor|letSettle|WEATHER|takeBack|giveBack|takeAway)\b/,
    'disableLogin, terminateSessions, assertLoginRefused, assertFreshRead, TRANSIENT, revoke',
  ],
  [
    /\b(Machine|Said|Heard|Known|Held)\b(?= =|<|>|;|,? [}|&])/,
    'SystemCommand, AnswerHint, AnswerResult, RequestFacts, GrantFacts',
  ],
];

/** A sentence of Slack itself, which the sandbox repeats. */
const QUOTED_FROM_SLACK = 'We had some trouble connecting.';

/** The product and the docs: everything that git knows, except tests, data and generated files. */
const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((name) => /\.(ts|tsx|mjs|js|css|sql|md|yaml|py|json)$/.test(name) && existsSync(join(ROOT, name)))
  .filter(
    (name) =>
      !/(^|\/)test\/|package(-lock)?\.json$|^sandbox\/slack\/page\/emoji\.ts$|^docs\/slack-manifest\.json$/.test(
        name,
      ),
  );

test.each(RETIRED.map(([word, instead]) => [String(word), word, instead] as const))(
  'nothing says %s',
  (_name, word, instead) => {
    const found = files.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .map((line) => line.replace(QUOTED_FROM_SLACK, ''))
        .flatMap((line, index) =>
          word.test(line) ? [`${file}:${index + 1}: say ${instead}: ${line.trim()}`] : [],
        ),
    );
    expect(found).toEqual([]);
  },
);
