// report.html as a document: its order, links, escaping and accessibility.
import { describe, expect, test } from 'vitest'
import type { Run } from '#src/model/index.ts'
import { empty, green, left, planned, refused, sample, silent } from '#tests/reporting/sample.ts'
import { all, parseMarkup, shown, type Element } from '#tests/reporting/sample-markup.ts'
import { html } from './page.ts'

const runs: readonly [string, Run][] = [
  ['green', green],
  ['red', sample],
  ['unknown', silent],
  ['refused', refused],
  ['left behind', left],
  ['plan', planned],
  ['empty', empty],
]
const page = (run: Run) => parseMarkup(html(run), { html: true })
const named =
  (...names: readonly string[]) =>
  (element: Element) =>
    names.includes(element.name)
const byId = (document: Element, id: string) =>
  all(document, ({ attributes }) => attributes['id'] === id)[0]
const texts = (elements: readonly Element[]) => elements.map(shown)

describe.each(runs)('the page of a run that is %s', (_, run) => {
  const document = page(run)
  test('is well formed, and its ids are unique', () => {
    const ids = all(document, ({ attributes }) => 'id' in attributes).map(
      ({ attributes }) => attributes['id'],
    )
    expect(ids).toEqual([...new Set(ids)])
  })
  test('has a target for every link', () => {
    const ids = new Set(
      all(document, ({ attributes }) => 'id' in attributes).map(
        ({ attributes }) => `#${attributes['id']}`,
      ),
    )
    expect(
      all(document, named('a'))
        .map(({ attributes }) => attributes['href'])
        .filter(href => !ids.has(href ?? '')),
    ).toEqual([])
  })
  test('is self-contained: it has no script and loads nothing', () => {
    expect(all(document, named('script', 'link', 'img', 'iframe'))).toEqual([])
    expect(html(run)).not.toMatch(/url\(|@import|src=/)
  })
  test('has one heading of the first level, and skips no level', () => {
    const levels = all(document, named('h1', 'h2', 'h3', 'h4')).map(({ name }) => Number(name[1]))
    expect(levels.filter(level => level === 1)).toHaveLength(1)
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([])
  })
  test('has a text for every picture', () => {
    const pictures = all(
      document,
      ({ name, attributes }) => name === 'svg' && attributes['role'] === 'img',
    )
    expect(
      pictures.filter(
        picture =>
          picture.attributes['aria-label'] === undefined &&
          shown(all(picture, named('title'))[0]!) === '',
      ),
    ).toEqual([])
  })
  test('is the same, byte for byte, for an equal run', () => {
    expect(html(structuredClone(run))).toBe(html(run))
  })
})

describe('the page', () => {
  test('has the result as its heading', () => {
    expect(runs.map(([name, run]) => `${name}: ${shown(all(page(run), named('h1'))[0]!)}`)).toEqual(
      [
        'green: ✓Holds in the lab',
        'red: ×4 clauses violated',
        'unknown: ?27 clauses unknown',
        'refused: ?Refused',
        'left behind: ×1 fault left behind',
        'plan: ×1 clause violated',
        'empty: ?Nothing was judged',
      ],
    )
  })
  test('marks a rehearsal', () => {
    const proofs = [sample, left].map(
      run => all(page(run), ({ attributes }) => attributes['class']?.split(' ')[0] === 'proof')[0]!,
    )
    expect(proofs.map(proof => [proof.attributes['class'], shown(proof)])).toEqual([
      [
        'proof rehearsal',
        'LAB, a rehearsal: not proof about a live cluster' +
          'a simulated world in this process, with virtual time',
      ],
      ['proof ', 'LIVE, the cluster and its hostcontext admin@joelclaw-1, https://127.0.0.1:51744'],
    ])
  })
  test('begins with what to do', () => {
    const sections = all(page(sample), named('section')).map(({ attributes }) => attributes['id'])
    expect(sections).toEqual([
      'findings',
      'unknown',
      'drills',
      'healed',
      'clauses',
      'waivers',
      'verdicts',
      'choices',
      'about',
    ])
    const [facts] = all(byId(page(sample), 'findings')!, named('dl'))
    expect(texts(all(facts!, named('dt', 'dd')))).toEqual([
      'seen',
      'the youngest of dump-* in /Volumes/three-body/backups/redis ' +
        'is dump-2026-11-18.rdb, 2 d 23 h old',
      'expected',
      'a backup younger than 26 h and larger than 1 KiB',
      'what to do',
      'look whether the NAS is mounted and the nightly job runs: ' +
        'launchctl print gui/501/com.joel.backup-redis; then take one by hand: ' +
        'kubectl exec redis-0 -n joelclaw -- redis-cli --rdb /data/dump.rdb',
    ])
  })
  test('has what is left behind on top, with the command that undoes it', () => {
    const section = all(page(left), named('section'))[0]!
    expect([section.attributes['id'], texts(all(section, named('pre')))]).toEqual([
      'left',
      ['kubectl uncordon joelclaw-controlplane-1'],
    ])
  })
  test('names an API that does not answer once, not 68 times', () => {
    expect(texts(all(byId(page(silent), 'unknown')!, named('h3')))).toEqual([
      'connect ECONNREFUSED 127.0.0.1:51744; ' +
        'could not list pods, list nodes, list services, list deployments',
    ])
  })
  test('lists the drills with their times, budgets and healers', async () => {
    const rows = all(all(byId(page(sample), 'drills')!, named('tbody'))[0]!, named('tr'))
    const lines = rows.slice(0, 8).map(row => texts(all(row, named('th', 'td'))).join(' | '))
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('snapshots/drills.txt')
  })
  test('has the state of every clause', () => {
    const rows = all(byId(page(sample), 'clauses')!, ({ attributes }) => 'data-state' in attributes)
    expect(rows).toHaveLength(sample.coverage.length)
    expect(
      Object.fromEntries(
        [
          'exposure.nodeport-only',
          'exposure.never-forward-ourselves',
          'probes.liveness',
          'probes.startup',
          'recovery.no-untolerated-taint',
          'host.launchd-path',
          'services.images-pinned',
        ].map(id => [
          id,
          rows.find(({ attributes }) => attributes['id'] === `clause-${id.replace('.', '-')}`)
            ?.attributes['data-state'],
        ]),
      ),
    ).toEqual({
      'exposure.nodeport-only': 'holds',
      'exposure.never-forward-ourselves': 'kept-by-guard',
      'probes.liveness': 'unknown',
      'probes.startup': 'waived',
      'recovery.no-untolerated-taint': 'violated',
      'host.launchd-path': 'not-applicable',
      'services.images-pinned': 'planned',
    })
  })
  test('shows a clause without proofs as one that needs attention', () => {
    const [bare] = sample.coverage.filter(({ clause }) => clause.status === 'planned')
    const run: Run = {
      ...empty,
      coverage: [{ ...bare!, clause: { ...bare!.clause, status: 'active' } }],
    }
    expect(
      all(page(run), ({ attributes }) => 'data-state' in attributes).map(({ attributes }) => [
        attributes['data-state'],
        'data-open' in attributes,
      ]),
    ).toEqual([['uncovered', true]])
  })
  test('lists the waivers that end first on top', () => {
    expect(texts(all(byId(page(sample), 'waivers')!, named('strong')))).toEqual([
      '10 days left',
      '72 days left',
      '131 days left',
      '131 days left',
    ])
  })
  test('escapes every text from a cluster', () => {
    const hostile = '<script>alert(1)</script> " onmouseover="x" \' & \u001b[31m \u202e'
    const run: Run = {
      ...sample,
      cluster: hostile,
      policyDescription: hostile,
      judgements: [
        {
          invariant: hostile,
          clauses: [hostile],
          subject: hostile,
          verdict: {
            kind: 'violated',
            findings: [{ code: hostile, seen: hostile, expected: hostile, remedy: hostile }],
          },
        },
      ],
      drills: sample.drills.slice(0, 1).map(drill => ({
        ...drill,
        drill: hostile,
        description: hostile,
        misses: [{ kind: 'unexpected-fix' as const, fix: hostile }],
        timeline: drill.timeline.map(entry => ({
          ...entry,
          event: { kind: 'note' as const, text: `x: ${hostile}` },
        })),
      })),
    }
    const document = page(run)
    expect(
      all(document, ({ name, attributes }) => name === 'script' || 'onmouseover' in attributes),
    ).toEqual([])
    expect(shown(all(byId(document, 'findings')!, named('dd'))[0]!)).toBe(
      '<script>alert(1)</script> " onmouseover="x" \' & ␛[31m \ufffd',
    )
  })
})
