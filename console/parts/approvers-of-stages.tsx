import type { FC } from 'hono/jsx';
import type { Stage } from '../../core/request/state.ts';
import type { Names } from './names.tsx';
import { People } from './request-columns.tsx';

/** Who can approve in each stage, and how many must. */
export const ApproversOfStages: FC<Readonly<{ stages: readonly Stage[]; names: Names }>> = ({
  stages,
  names,
}) => (
  <>
    {stages.map(({ approvers, needs }) => (
      <div>
        {approvers.length < needs && `Nobody can get it: ${needs} must approve, and can: `}
        {approvers.length >= needs && needs > 1 && `${needs} of `}
        <People ids={approvers.map(({ person }) => person)} names={names} />
        {approvers.length === 0 && 'nobody'}
      </div>
    ))}
  </>
);
