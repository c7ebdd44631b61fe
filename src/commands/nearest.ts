// Finds the nearest of several words, for “did you mean”.

/** The edit distance: letters to insert, delete or replace to turn one word into the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced)
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The nearest word, if at most a third of its letters differ; undefined otherwise. */
export function nearest(word: string, among: readonly string[]): string | undefined {
  const [best] = among
    .map(candidate => ({ candidate, far: distance(word, candidate) }))
    .toSorted((a, b) => a.far - b.far)
  return best !== undefined && best.far <= Math.max(2, word.length / 3) ? best.candidate : undefined
}
