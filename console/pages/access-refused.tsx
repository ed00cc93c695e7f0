import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import type { AccessRefusal } from './access/read.ts';

/** Why a question about access is not answered, and what to do. */
export const AccessRefused: FC<Readonly<{ why: string | AccessRefusal }>> = ({ why }) => (
  <p class="notice notice--wrong" role="alert">
    {oneLine(typeof why === 'string' ? why : refusalText(why))}
  </p>
);

function refusalText(refusal: AccessRefusal): string {
  switch (refusal.code) {
    case 'auditors-only':
      return 'Name an entitlement or a person. Only auditors see everybody’s access at once.';
    case 'unknown-entitlement':
      return `There is no entitlement “${refusal.entitlement}” that you can see.${didYouMean(refusal)}`;
    case 'holders-not-visible':
      return `You cannot see who has “${refusal.title}”. Its owner, the people who can approve it, and the auditors can.`;
    case 'person-not-visible':
      return `There is nobody “${refusal.typed}” whose access you can see. You can see your own, and that of the people whose manager you are. Auditors can see everybody’s.${didYouMean(refusal)}`;
    case 'policy-unreadable':
      return `Nobody can tell who may see what, because ${refusal.why}. Tell the people who run Curfew.`;
    default:
      return 'Name an entitlement or a person.';
  }
}

const didYouMean = ({ nearest }: Readonly<{ nearest?: string }>): string =>
  nearest === undefined ? '' : ` Did you mean “${nearest}”?`;
