import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CONTROLS } from '../../../audit/evidence/controls.ts';
import type { Instant } from '../../../core/ids.ts';
import { LIMITS } from '../../../core/limits.ts';
import { rowsOf } from '../../ledger/ledger.fixture.ts';
import { startEvidence, verify } from './evidence.fixture.ts';

test('a purge is in the evidence of AU-9 as the log has it, and the folder says that answers are not whole', async () => {
  const fixture = await startEvidence(1, 3);
  try {
    const { size } = await fixture.ledger.logProgress();
    await rowsOf(
      fixture.url,
      `insert into purge (id, before_at, requests, entries, digest, export_size, purged_by)
       values (gen_random_uuid(), '2026-01-01Z', 0, 0, $1, $2, 'operator')`,
      [createHash('sha256').digest('hex'), size],
    );
    await fixture.publish();
    const asked = { from: 0 as Instant, to: await fixture.ledger.now() };
    const { folder, made } = await fixture.make({ controls: CONTROLS, asked });
    const report = verify(folder);
    expect([made.counts.get('purges'), report.problems.map(({ text }) => text)]).toEqual([1, []]);
    const whole = new Date(Date.parse('2026-01-01Z') + LIMITS.longestMinutes * 60_000).toISOString();
    expect([report.verdict, report.missing]).toEqual([
      'unproven',
      [`Old requests were purged, so answers about the time before ${whole} may lack some.`],
    ]);
    expect(readFileSync(join(folder, 'evidence/README.md'), 'utf8')).toContain(
      'The answers are not whole for times before',
    );
  } finally {
    await fixture.stop();
  }
});
