import type { FormFields, FormMemory } from '../../bot/cards/form-fields.ts';
import type { FormChoice, RequestForm } from '../../bot/cards/request-modal.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Phrase } from '../../wording/phrase.ts';

type More = Readonly<{ fields?: Partial<FormFields>; memory?: Partial<FormMemory>; notice?: Phrase }>;

/** The form as it opens in a channel, with nothing but an entitlement. Without `open` the person has no request for it. */
export function openedForm(
  chosen?: Omit<FormChoice, 'open' | 'denied'> & Partial<Pick<FormChoice, 'open' | 'denied'>>,
  channel?: string,
  { fields, memory, notice }: More = {},
): RequestForm {
  const filled = chosen ? formatDuration(chosen.entitlement.usual) : '';
  return {
    chosen: chosen && { open: [], denied: [], ...chosen },
    fields: {
      whatBlock: 'what',
      lengthBlock: chosen ? `length-${chosen.entitlement.id}` : 'length',
      length: filled,
      reason: '',
      ...fields,
    },
    memory: { ...(channel === undefined ? {} : { channel }), filled, ...memory },
    notice,
  };
}
