import type { FC } from 'hono/jsx';
import { formatDuration, spellDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { extensionChoices, firstChoice } from '../../core/request/extension-lengths.ts';
import type { RequestView } from '../../requests/view.ts';
import { ClosedActForm } from '../parts/act-form.tsx';
import { requestPath } from '../parts/names.tsx';
import { Time } from '../parts/time.tsx';

type ExtensionFormProps = Readonly<{ view: RequestView; left: Minutes; zone: string }>;

/** The form for a later end. `left`: by how much the access can be extended at most. */
export const ExtensionForm: FC<ExtensionFormProps> = ({ view, left, zone }) => (
  <ClosedActForm
    summary="Extend the access…"
    path={`${requestPath(view.id)}/extensions`}
    fields={{}}
    about={`${view.state.kind === 'active' ? view.state.endsAt : ''} ${left}`}
    button="Request the later end"
  >
    {view.state.kind === 'active' && (
      <p>
        It ends <Time at={view.state.endsAt} zone={zone} />, and can be extended by {formatDuration(left)} at
        most. The same people approve it as the request.
      </p>
    )}
    <label>
      How much longer?
      <select name="length">
        {extensionChoices(left).map((minutes) => (
          <option value={spellDuration(minutes)} selected={minutes === firstChoice(left)}>
            {formatDuration(minutes)} more
          </option>
        ))}
      </select>
    </label>
    <label>
      Why? One sentence. The approvers and the auditors read it.
      <textarea name="reason" rows={2} maxlength={LIMITS.reasonLength} required></textarea>
    </label>
  </ClosedActForm>
);
