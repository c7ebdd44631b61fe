// Every number has a source, and every concept has one word.
import { describe, expect, test } from 'vitest'
import { drill, fault, fix, invariant } from '#src/model/index.ts'
import { projectFiles, scan, sources, textOf, type Source } from './source.ts'

const folders = ['helpers/', 'src/', 'lab/', 'specs/']
const judged = sources.filter(
  ({ path }) => folders.some(folder => path.startsWith(folder)) && !path.endsWith('.test.ts'),
)

/**
 * Whether a comment of some substance ends on the line above, on the line itself, or above the
 * lines of the same kind right before it.
 */
function isExplained(
  { text, comments }: Source,
  line: number,
  alike: (line: string) => boolean,
): boolean {
  const lines = text.split('\n')
  const said = (at: number): boolean =>
    comments.some(comment => comment.last === at && comment.text.replaceAll(/\W/g, '').length >= 5)
  let at = line
  while (!said(at) && !said(at - 1) && at > 1 && alike(lines[at - 2] ?? '')) at -= 1
  return said(at) || said(at - 1)
}

const unexplained = (
  among: readonly Source[],
  alike: (line: string) => boolean,
): readonly string[] =>
  among.flatMap(source =>
    source.text
      .split('\n')
      .flatMap((line, index) =>
        alike(line) && !isExplained(source, index + 1, alike)
          ? [`${source.path}:${index + 1} ${line.trim()}`]
          : [],
      ),
  )

describe('every number that decides how something behaves says where it is from', () => {
  test('constants', () => {
    const number = String.raw`-?\d[\d_.]*(?: (?:\*\*?|\/|-|\+) [\w.]+)*`
    // A unit is its own explanation.
    const unit = /\bconst (?:dayMs|day|hour|minute|second|[KMGT]iB)\b/
    const pattern = new RegExp(
      String.raw`^(?:export )?const \w+(?:: number)? = ` +
        String.raw`(?:${number}|'\d[\d.]* (?:ms|s|min|h|d)')(?: as const)?$`,
    )
    const alike = (line: string): boolean => pattern.test(line) && !unit.test(line)
    expect(judged.flatMap(({ text }) => text.split('\n').filter(alike)).length).toBeGreaterThan(50)
    expect(unexplained(judged, alike)).toEqual([])
  })

  test('the members of tables of delays', () => {
    const tables = judged.filter(({ path }) => /\/(delays|times)\.ts$/.test(path))
    expect(tables.map(({ path }) => path)).toEqual([
      'lab/control/delays.ts',
      'lab/host/delays.ts',
      'lab/node/delays.ts',
    ])
    const number = (line: string): boolean => /^\s{2}\w+: (?:\d|\[\d)/.test(line)
    // A comment on the whole table explains its members; between two comments the members belong to
    // the first.
    const silent = tables.flatMap(source => {
      const lines = source.text.split('\n')
      return lines.flatMap((line, index) => {
        const head =
          lines.slice(0, index).findLastIndex(candidate => /^(?:export )?const /.test(candidate)) +
          1
        return number(line) &&
          !isExplained(source, index + 1, number) &&
          !isExplained(source, head, () => false)
          ? [`${source.path}:${index + 1} ${line.trim()}`]
          : []
      })
    })
    expect(silent).toEqual([])
  })

  test('confirmations, cooldowns and settling times of fixes', () => {
    const fixes = judged.filter(({ path }) => /^helpers\/.*fixes/.test(path))
    expect(
      unexplained(fixes, line => /^\s+(?:confirm|cooldown|settles): .*'\d/.test(line)),
    ).toEqual([])
  })

  test('paces of signals, on their list', () => {
    const signals = sources.find(({ path }) => path === 'helpers/kubernetes/signals.ts')!
    const head = signals.text.split('\n').findIndex(line => line.startsWith('export const signals'))
    expect(isExplained(signals, head + 1, () => false)).toBe(true)
  })

  test('budgets and stability windows of drills', () => {
    const drills = judged.filter(({ path }) => path.startsWith('specs/chaos/'))
    expect(
      unexplained(drills, line => /^\s+(?:budgets|stability|giveUp): .*'\d/.test(line)),
    ).toEqual([])
  })

  test('a source is named, where one is', () => {
    /** Line comments that follow each other are one text. */
    const textsOf = ({ comments }: Source) =>
      comments.map(({ text, first, last }, index) => {
        const rest = comments.slice(index + 1).filter((each, at) => each.first === last + at + 1)
        return { first, text: [text, ...rest.map(each => each.text)].join('\n') }
      })
    const empty = judged.flatMap(source =>
      textsOf(source)
        .filter(({ text }) =>
          /@source(?!\s+\S.{5,})/.test(text.replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ')),
        )
        .map(({ first }) => `${source.path}:${first}`),
    )
    expect(empty).toEqual([])
  })
})

/** The texts of a source and the fixed parts of its templates: all but its code and comments. */
function shownBy({ text, code, comments }: Source): string {
  const shown = text
    .split('')
    .map((letter, at) => (code[at] === letter && letter !== '\n' ? ' ' : letter))
  let from = 0
  for (const comment of comments) {
    const start = text.indexOf(comment.text, from)
    from = start + comment.text.length
    shown.fill(' ', start, from)
  }
  return shown.join('')
}

describe('every concept has one word', () => {
  const glossary = textOf('docs/words.md')
  const entries = [...glossary.matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(match => ({
    word: match[1] ?? '',
    means: match[2] ?? '',
  }))
  const retired = [...glossary.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|$/gm)].map(match => ({
    word: match[1] ?? '',
    today: match[2] ?? '',
  }))

  test('entries are there once, and each says something', () => {
    const names = entries.map(({ word }) => word)
    expect(names.filter((word, index) => names.indexOf(word) !== index)).toEqual([])
    expect(entries.filter(({ means }) => means.length < 40)).toEqual([])
  })

  /**
   * Whole identifiers: `See` is not a part of `Seen`. In text, a plain English word counts only
   * between backticks, where it stands for code.
   */
  const standsIn = (retiredWord: string, text: string, isCode: boolean): boolean => {
    const word = String.raw`(?<![\w$])${retiredWord}(?![\w$])`
    const isEnglish = /^[A-Za-z][a-z]*$/.test(retiredWord)
    return new RegExp(isEnglish && !isCode ? `\`[^\`\n]*${word}[^\`\n]*\`` : word).test(text)
  }
  const retiredIn = (path: string, text: string, isCode: boolean): readonly string[] =>
    retired
      .filter(({ word }) => standsIn(word, text, isCode))
      .map(({ word, today }) => {
        return `${path}: ${word} is ${today} today`
      })

  test('the table of retired words is read, and its search finds whole identifiers alone', () => {
    expect(retired.length).toBeGreaterThan(15)
    expect(standsIn('See', 'const a: See = b', true)).toBe(true)
    expect(standsIn('See', 'const a: Seen = b', true)).toBe(false)
    expect(standsIn('byHand', 'undo it byHand', false)).toBe(true)
    expect(standsIn('See', 'See the page', false)).toBe(false)
    expect(standsIn('See', 'pass `See` to it', false)).toBe(true)
  })

  test('no identifier in code is a retired word', () => {
    expect(sources.flatMap(({ path, code }) => retiredIn(path, code, true))).toEqual([])
  })

  test('no text that a user reads contains a retired word', () => {
    const programs = projectFiles
      .filter(path => /^bin\/.*\.mjs$/.test(path))
      .map(path => scan(path, textOf(path)))
    const shown = [...sources, ...programs].filter(
      ({ path }) => /^(?:src|helpers|specs|bin)\//.test(path) && !path.endsWith('.test.ts'),
    )
    const pages = projectFiles.filter(
      path => path === 'README.md' || (/^docs\/[^/]+\.md$/.test(path) && path !== 'docs/words.md'),
    )
    expect(pages.length).toBeGreaterThan(5)
    expect([
      ...shown.flatMap(source => retiredIn(source.path, shownBy(source), false)),
      ...pages.flatMap(path => retiredIn(path, textOf(path), false)),
    ]).toEqual([])
  })

  test('no word is both a term and retired, and no retired word stands twice', () => {
    const words = [...entries.map(({ word }) => word), ...retired.map(({ word }) => word)]
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([])
  })

  test('what a retired word is called today is in the code', () => {
    const known = new Set(sources.flatMap(({ code }) => code.match(/[A-Za-z_$][\w$]*/g) ?? []))
    expect(retired.filter(({ today }) => !known.has(today))).toEqual([])
  })

  /**
   * Types of the vocabulary that are concepts of a reader, with their entry. All others are parts
   * of these.
   */
  const concepts: Readonly<Record<string, string>> = {
    Policy: 'policy',
    Clause: 'clause',
    Waiver: 'waiver',
    Invariant: 'invariant',
    Subject: 'subject',
    Question: 'question',
    Answer: 'answer',
    Snapshot: 'snapshot',
    Finding: 'finding',
    Verdict: 'verdict',
    Fix: 'fix',
    Act: 'act',
    Harm: 'harm',
    Drill: 'drill',
    Fault: 'fault',
    Blast: 'blast radius',
    Phase: 'phase',
    Signal: 'signal',
    Milestone: 'milestone',
    Outcome: 'outcome',
    TargetKind: 'target',
    Runtime: 'runtime',
    Capability: 'capability',
    Fact: 'fact',
    Guard: 'guard',
    Impact: 'impact',
    Journal: 'journal',
    LogEntry: 'log entry',
    Permission: 'permission',
    ProofKind: 'proof',
    UnknownCause: 'cause',
  }

  test('each concept of the vocabulary has its entry', () => {
    expect(
      Object.values(concepts).filter(word => !entries.some(entry => entry.word === word)),
    ).toEqual([])
  })

  test('each is a type of the vocabulary', () => {
    const exported = new Set(
      sources
        .filter(({ path }) => path.startsWith('src/model/'))
        .flatMap(({ code }) =>
          [...code.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(
            match => match[1] ?? '',
          ),
        ),
    )
    expect(Object.keys(concepts).filter(name => !exported.has(name))).toEqual([])
  })

  test('what makes a definition is called by its word', () => {
    expect([invariant, drill, fault, fix].map(({ name }) => name)).toEqual([
      'invariant',
      'drill',
      'fault',
      'fix',
    ])
  })

  test('and nothing is called by another one', () => {
    const foreign = [
      'experiment',
      'hypothes[ie]s',
      'remediat',
      'chaosTest',
      'assertion(?!Error)',
      'runbook',
      'blastRadius',
    ]
    const synonyms = new RegExp(String.raw`\b\w*(?:${foreign.join('|')})\w*\b`, 'gi')
    // Other tools have their own words for things, which a comparison with them has to use.
    const found = sources
      .filter(({ path }) => !path.startsWith('bench/peers/') && !path.startsWith('tests/project/'))
      .flatMap(({ path, code }) =>
        [...code.matchAll(synonyms)].map(match => `${path}: ${match[0]}`),
      )
    expect(found).toEqual([])
  })
})
