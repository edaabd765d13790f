// Turns of several subjects round by round, so that what disturbs the machine disturbs all of them alike.

/**
 * Runs A B C, B C A, C A B …: every round begins with the next subject, so that none always follows the same one.
 *
 * @param turns what one turn of a subject is, by its name; it returns the figure of that turn.
 * @returns the figures by name, in the order of the rounds.
 * @throws what a turn throws; no turn is taken after it.
 */
export async function interleave(
  turns: Readonly<Record<string, (round: number) => Promise<number>>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const names = Object.keys(turns)
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of rotate(names, round)) samples[name]?.push((await turns[name]?.(round)) ?? Number.NaN)
  }
  return samples
}

/** The same items, beginning with the one at `by`, counted around. */
export function rotate<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
