import { describe, expect, test } from '@jest/globals';
import { auditor } from './auditor.story.ts';
import { hasChromium } from './chromium.fixture.ts';
import { denial } from './denial.story.ts';
import { extension, shortAccess } from './extension.story.ts';
import { firstAccess } from './first-access.story.ts';
import { requestWays } from './request-ways.story.ts';
import { question } from './question.story.ts';
import { openStage } from './stage.fixture.ts';
import { threeApprovers } from './three-approvers.story.ts';

if (hasChromium)
  describe('the demo in a browser', () => {
    const stage = openStage();
    firstAccess(stage);
    threeApprovers(stage);
    shortAccess(stage);
    denial(stage);
    requestWays(stage);
    question(stage);
    extension(stage);
    auditor(stage);

    test('the page logged no errors', () => expect(stage.complaints).toEqual([]));
  });
else test.skip('the demo in a browser (no Chromium on this machine)', () => undefined);
