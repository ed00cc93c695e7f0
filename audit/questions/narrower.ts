/** What an entitlement gives, as pieces that can be compared with those of another one. */
export type Pieces = Readonly<{ id: string; title: string; gives: readonly string[] }>;

/**
 * The entitlement that gives least among those that give everything of `needed` and less than `held`. Undefined when there is none. What is
 * needed is what was used and what may have been used, so a proposal never leaves out what somebody may need.
 */
export function narrowest(
  held: Pieces,
  { needed, catalogue }: Readonly<{ needed: ReadonlySet<string>; catalogue: readonly Pieces[] }>,
): Pieces | undefined {
  const has = new Set(held.gives);
  return catalogue
    .filter(
      ({ id, gives }) =>
        id !== held.id &&
        gives.length > 0 &&
        new Set(gives).size < has.size &&
        gives.every((each) => has.has(each)) &&
        [...needed].every((each) => gives.includes(each)),
    )
    .sort((one, other) => one.gives.length - other.gives.length || (one.id < other.id ? -1 : 1))[0];
}
