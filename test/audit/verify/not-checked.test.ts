import { expect, test } from '@jest/globals';
import { verifyBundle } from '../../../audit/verify/verify.mjs';
import { KEY } from './bundle.fixture.ts';
import { edited, whileWritten, withValues } from './checks/false-folder.fixture.ts';
import { withChecksums } from './checks/evidence-folder.fixture.ts';
import { filesOf, otherRow, ROWS, signedLog } from './checks/honest-log.fixture.ts';
import { reviewFiles } from './checks/review-folder.fixture.ts';
import { checkpointNote } from './signed-log.fixture.ts';

// A folder can be honest and leave something out. The report says so, because the reader of "Verified" would not think of it.

const notChecked = (
  more: Parameters<typeof signedLog>[0],
  given: Parameters<typeof verifyBundle>[1] = {},
) => {
  const rows = [...ROWS, ...more];
  const files = filesOf(signedLog(rows, { sizes: [3, 5, 7, rows.length] }));
  return whileWritten({ files }, (folder) => {
    const kept = (given.kept ?? []).map((each) => `${folder}/${each}`);
    return verifyBundle(`${folder}/bundle`, { ...given, kept, keys: [KEY.vkey] });
  });
};

test('that the log may have grown, with the time of the last entry', () => {
  const { verdict, notChecked: lines } = notChecked([]);
  expect(verdict).toBe('verified');
  expect(lines).toContain(
    'Whether the log has more entries by now: the last one here is of 2026-11-02T09:06:00.000Z. Give a newer checkpoint with --kept, or the folder of a place with --place.',
  );
});

test('not so, when a checkpoint was given that somebody kept', () => {
  const { notChecked: lines } = notChecked([], { kept: ['kept/notes.txt'] });
  expect(lines.join()).not.toContain('Whether the log has more entries');
});

test('that another log was before this one, with its name and its number of entries', () => {
  const note = checkpointNote('log.example.com/first', 262, Buffer.alloc(32, 1), [KEY]);
  const { verdict, notChecked: lines } = notChecked([
    otherRow('log-beginning', 'log_2', 8, { previous: 'log.example.com/first', note, by: 'dee' }),
  ]);
  expect(verdict).toBe('verified');
  expect(lines).toContain(
    'The log log.example.com/first, which was before this one and had 262 entries: it has a folder of its own.',
  );
});

test('how many texts of a review are erased or left out', () => {
  const about = 'bundle/evidence/review.json';
  const files = withChecksums(
    edited(
      reviewFiles(),
      about,
      withValues(() => ({ title: null })),
    ),
  );
  const { verdict, notChecked: lines } = whileWritten({ files }, (folder) =>
    verifyBundle(`${folder}/bundle`, { keys: [KEY.vkey] }),
  );
  expect(verdict).toBe('verified');
  expect(lines).toContain('1 text of the review, its title or reasons: they are erased, or left out.');
});
