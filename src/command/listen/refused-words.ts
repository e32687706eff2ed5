/** What became of a connection that never was a WebSocket. `why`: the status, and what was wrong. It may quote the client: escape before printing. */
export function refusedWords(left: boolean, why: string | undefined): string {
  if (left) return 'left before its request was whole';
  return `was refused${why === undefined ? '' : `: ${why}`}`;
}
