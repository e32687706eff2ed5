/** What is said of pings that `--ping-interval` sent and nobody answered. */
export function missedText(inARow: number): string {
  return inARow === 1 ? 'the last ping is not answered' : `the last ${inARow} pings are not answered: the peer may be gone`;
}
