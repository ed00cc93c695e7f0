/** What happened in simulated parts, in order. `stopping` makes the stop of a part, which takes a moment. */
export function stopsInOrder() {
  const happened: string[] = [];
  const stopping = (part: string) => async () => {
    happened.push(`${part} stops`);
    await Promise.resolve();
    happened.push(`${part} stopped`);
  };
  return { happened, stopping };
}
