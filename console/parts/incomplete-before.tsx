import type { FC } from 'hono/jsx';
import type { Instant } from '../../core/ids.ts';
import { Time } from './time.tsx';

/** Says that old requests were removed from the ledger, where the time of a page has a part of it. `at`: what is older is not there. */
export const IncompleteBefore: FC<Readonly<{ at: Instant | undefined; zone: string }>> = ({ at, zone }) =>
  at === undefined ? null : (
    <p class="notice notice--careful">
      Requests that were made before <Time at={at} zone={zone} /> are not in the ledger any more, so this page
      does not have them. Their archive has them.
    </p>
  );
