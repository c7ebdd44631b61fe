// report.html, read as a document: order, links, escaping, accessibility.
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
  test('is well formed, and every id is there once', () => {
    const ids = all(document, ({ attributes }) => 'id' in attributes).map(
      ({ attributes }) => attributes['id'],
    )
    expect(ids).toEqual([...new Set(ids)])
  })
  test('has no link to nowhere', () => {
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
  test('needs nothing but itself: no script, no address of anything', () => {
    expect(all(document, named('script', 'link', 'img', 'iframe'))).toEqual([])
    expect(html(run)).not.toMatch(/url\(|@import|src=/)
  })
  test('has one heading of the first level, and no level is jumped over', () => {
    const levels = all(document, named('h1', 'h2', 'h3', 'h4')).map(({ name }) => Number(name[1]))
    expect(levels.filter(level => level === 1)).toHaveLength(1)
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([])
  })
  test('gives every picture its words', () => {
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
  test('is the same, byte for byte, when it is made again', () => {
    expect(html(structuredClone(run))).toBe(html(run))
  })
})

describe('the page', () => {
  test('says the verdict first', () => {
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
  test('never lets a rehearsal look like the real thing', () => {
    const proofs = [sample, left].map(
      run => all(page(run), ({ attributes }) => attributes['class']?.split(' ')[0] === 'proof')[0]!,
    )
    expect(proofs.map(proof => [proof.attributes['class'], shown(proof)])).toEqual([
      [
        'proof rehearsal',
        'LAB, a rehearsal: not proof about a live clustera simulated world in this process, with virtual time',
      ],
      ['proof ', 'LIVE, the cluster and its hostcontext admin@joelclaw-1, https://127.0.0.1:51744'],
    ])
  })
  test('tells what to do before anything else', () => {
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
      'the youngest of dump-* in /Volumes/three-body/backups/redis is dump-2026-11-18.rdb, 2 d 23 h old',
      'expected',
      'a backup younger than 26 h and larger than 1 KiB',
      'what to do',
      'look whether the NAS is mounted and the nightly job runs: launchctl print gui/501/com.joel.backup-redis; then take one by hand: kubectl exec redis-0 -n joelclaw -- redis-cli --rdb /data/dump.rdb',
    ])
  })
  test('puts what is left behind above all, with its command', () => {
    const section = all(page(left), named('section'))[0]!
    expect([section.attributes['id'], texts(all(section, named('pre')))]).toEqual([
      'left',
      ['kubectl uncordon joelclaw-controlplane-1'],
    ])
  })
  test('tells one silent API once, not 68 times', () => {
    expect(texts(all(byId(page(silent), 'unknown')!, named('h3')))).toEqual([
      'connect ECONNREFUSED 127.0.0.1:51744; could not list pods, list nodes, list services, list deployments',
    ])
  })
  test('lists the drills with their times, budgets and healers', () => {
    const rows = all(all(byId(page(sample), 'drills')!, named('tbody'))[0]!, named('tr'))
    expect(rows.slice(0, 8).map(row => texts(all(row, named('th', 'td'))).join(' | ')))
      .toMatchInlineSnapshot(`
      [
        "restart-colima | ✓passed | 0.6 s ±0.6 s | 3 min 37 s ±2.8 s | 420 s | regenerate-kubeconfig, repoint-talosconfig, remove-control-plane-taint | yes",
        "colima-zombie | ✓passed | 1.6 s ±0.7 s | 4 min 40 s ±3.9 s | 480 s | cycle-colima, regenerate-kubeconfig, repoint-talosconfig, remove-control-plane-taint | yes",
        "flannel-pod-killed | ✓passed | 0.9 s ±0.5 s | 4.0 s ±0.8 s | 40 s | cluster | yes",
        "flannel-crash-loops-without-br-netfilter | ✓passed | 1.8 s ±0.8 s | 41.3 s ±3.1 s | 120 s | load-kernel-modules, restart-flannel | yes",
        "flannel-loses-its-subnet | ✓passed | 10.2 s ±2.0 s | 39.9 s ±3.0 s | 300 s | restart-flannel | yes",
        "node-comes-back-tainted | ×failed | 0.7 s ±0.5 s | never | 120 s | – | yes",
        "node-comes-back-cordoned | ✓passed | 0.6 s ±0.5 s | 11.8 s ±1.7 s | 120 s | uncordon | yes",
        "api-port-drifts | ×failed | 2.6 s ±0.8 s | 5 min 14 s ±3.4 s | 300 s | repoint-talosconfig, regenerate-kubeconfig, restart-flannel | yes",
      ]
    `)
  })
  test('covers every clause, and says of each how it stands', () => {
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
  test('shows a clause that nothing covers as a mistake', () => {
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
  test('has the waivers that end first on top', () => {
    expect(texts(all(byId(page(sample), 'waivers')!, named('strong')))).toEqual([
      '10 days left',
      '72 days left',
      '131 days left',
      '131 days left',
    ])
  })
  test('cannot be broken by what a cluster says', () => {
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
