import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { auditor } from './auditor.story.ts';
import { hasChromium } from './chromium.fixture.ts';
import { consoleQuestions } from './console.story.ts';
import { denial } from './denial.story.ts';
import { extension, shortAccess } from './extension.story.ts';
import { firstAccess } from './first-access.story.ts';
import { requestWays } from './request-ways.story.ts';
import { question } from './question.story.ts';
import { openStage } from './stage.fixture.ts';
import { threeApprovers } from './three-approvers.story.ts';

/** The files below a folder that contain this text. A file that disappears meanwhile contains nothing. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const found = await Promise.all(
    files.map((file) =>
      readFile(file).then(
        (bytes) => bytes.includes(text),
        () => false,
      ),
    ),
  );
  return files.filter((_file, index) => found[index]);
}

if (hasChromium)
  describe('the demo in a browser', () => {
    const stage = openStage();
    const shownPassword = firstAccess(stage);
    threeApprovers(stage);
    denial(stage);
    requestWays(stage);
    shortAccess(stage);
    question(stage);
    extension(stage);
    auditor(stage);
    consoleQuestions(stage);

    test('the password that was shown is in no file of the folder of the demo (T22)', async () => {
      expect(shownPassword()).toMatch(/^\S{20,}$/);
      expect(await filesWith(stage.demo.home, shownPassword())).toEqual([]);
    });

    test('the page logged no errors', () => expect(stage.complaints).toEqual([]));
  });
else test.skip('the demo in a browser (no Chromium on this machine)', () => undefined);
