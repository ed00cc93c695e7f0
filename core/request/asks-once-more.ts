/** What `asksOnceMore` needs to know of a request. A `RequestView` has all of it. */
type Sensitivity = Readonly<{
  class: string;
  targets: readonly Readonly<{ widens: boolean }>[];
}>;

/**
 * True when an approval needs a second "yes", in Slack and in the terminal alike: the entitlement is `restricted`, or the access
 * can widen itself. A provider that does not know whether a target widens says that it does.
 */
export const asksOnceMore = ({ class: sensitivity, targets }: Sensitivity): boolean =>
  sensitivity === 'restricted' || targets.some(({ widens }) => widens);
