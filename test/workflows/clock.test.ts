import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { active, approved, pending } from './steps.fixture.ts';
import { type ClockFixture, hasTimeSkipping, startClockFixture } from './clock.fixture.ts';
import { until } from '../until.fixture.ts';
import { eventsOf, handleOf } from './workflow.fixture.ts';

const HOUR = 60;
const MINUTE_MS = 60_000;

if (hasTimeSkipping)
  describe('hours, on one clock for Temporal and the ledger', () => {
    let fixture: ClockFixture;
    beforeAll(async () => {
      fixture = await startClockFixture();
    });
    afterAll(() => fixture?.stop());

    test('access of eight hours is there a minute before its end, and is revoked at its end (I1)', async () => {
      const request = await active(fixture, { length: '8h' });
      await fixture.advance(8 * HOUR - 1);
      expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['active', 'write']);
      await fixture.advance(1);
      await fixture.waitForState(request, 'closed');
      expect(fixture.levelOf()).toBe('none');
      expect(await handleOf(fixture, request).result()).toEqual({ ending: 'expired' });

      const trail = await fixture.ledger.readTrail(request);
      const [start] = eventsOf(trail, 'grant-started');
      const [revoked] = eventsOf(trail, 'revoked');
      const late = (revoked?.at ?? NaN) - (start?.endsAt ?? NaN);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(MINUTE_MS);
    });

    test('a request that nobody answers is open a minute before its approval lapses, and lapses then', async () => {
      const request = await pending(fixture);
      await fixture.advance(8 * HOUR - 1);
      expect((await fixture.state(request)).kind).toBe('pending');
      await fixture.advance(2);
      expect(await fixture.waitForState(request, 'closed')).toMatchObject({ ending: { kind: 'lapsed' } });
    });

    test.each([['provider-unavailable'], ['provider-refused'], ['provider-forbidden']] as const)(
      'a revocation that fails with %s is repeated for hours, until the provider accepts it (F32, F33, I4)',
      async (fault) => {
        const request = await active(fixture, { length: '1h' });
        const recover = fixture.providerControl.failFrom('ensureAbsent', fault);
        await fixture.advance(1 * HOUR);
        await fixture.waitForState(request, 'revoking');
        const before = fixture.providerControl.countOf('ensureAbsent');
        await fixture.advance(3 * HOUR);
        expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['revoking', 'write']);
        // At least one attempt in two minutes, also after three hours.
        expect(fixture.providerControl.countOf('ensureAbsent') - before).toBeGreaterThan(90);
        recover();
        await fixture.advance(2);
        await fixture.waitForState(request, 'closed');
        expect(fixture.levelOf()).toBe('none');
      },
    );

    test('a grant that keeps failing is given up within the hour, and its access is revoked', async () => {
      const recover = fixture.providerControl.failFrom('ensurePresent', 'provider-unavailable');
      const request = await approved(fixture, { length: '8h' });
      await until('the first attempt failed', async () => (await fixture.faultOf(request)) !== null);
      await fixture.advance(1 * HOUR);
      recover();
      await fixture.advance(2);
      expect(await fixture.waitForState(request, 'closed')).toMatchObject({
        ending: { kind: 'grant-failed', fault: 'provider-unavailable' },
      });
      expect(fixture.levelOf()).toBe('none');
    });

    test('of two requests for the same access the longer one keeps it for its hours (B14)', async () => {
      const short = await active(fixture, { length: '1h' });
      const long = await active(fixture, { length: '4h' });
      await fixture.advance(1 * HOUR);
      await fixture.waitForState(short, 'closed');
      expect([(await fixture.state(long)).kind, fixture.levelOf()]).toEqual(['active', 'write']);
      await fixture.advance(3 * HOUR);
      await fixture.waitForState(long, 'closed');
      expect(fixture.levelOf()).toBe('none');
    });
  });
else
  test.skip('hours, on one clock: the Temporal test server is not fetched; "npm test" fetches it', () =>
    undefined);
