/** What of a request decides it. A `RequestView` has both. */
type Sensitivity = Readonly<{
  class: string;
  targets: readonly Readonly<{ widens?: boolean }>[];
}>;

/** True when an approver is asked a second time: the entitlement is `restricted`, or the access can widen itself. */
export const asksOnceMore = ({ class: sensitivity, targets }: Sensitivity): boolean =>
  sensitivity === 'restricted' || targets.some(({ widens }) => widens === true);
