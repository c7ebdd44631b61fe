// Splits a line of a document as a shell would: words, quotes, variables before the command,
// comments.

export interface Line {
  env: Readonly<Record<string, string>>
  words: readonly string[]
}

/** Words of a line such as `HOLDFAST_SEED=7 npx holdfast check --only 'probes.*'   # exit 1`. */
export function lineInWords(text: string): Line {
  const parts = [...text.matchAll(/(?:^|\s)(#.*)|'([^']*)'|"([^"]*)"|([^\s'"]+)/g)]
  const words = parts
    .filter(([, comment]) => comment === undefined)
    .map(([, , single, double, bare]) => single ?? double ?? bare ?? '')
  const first = words.findIndex(word => !/^[A-Z_]+=/.test(word))
  const env = Object.fromEntries(
    words
      .slice(0, first)
      .map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
  return { env, words: words.slice(first) }
}
