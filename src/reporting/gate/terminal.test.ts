// A gate's report on one screen.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { GateReport } from '#src/model/index.ts'
import { clean, hostile, sample, webYaml } from './sample.ts'
import { gateScreen, type GateScreen } from './terminal.ts'

const screen = (report: GateReport, options: Partial<GateScreen> = {}): string =>
  gateScreen(report, {
    colour: false,
    width: 80,
    texts: new Map([['k8s/web.yaml', webYaml]]),
    ...options,
  })

describe('the screen of a gate', () => {
  test('is one line for a clean report', () => {
    expect(screen(clean)).toBe(
      '✓ clean · 2 objects in 1 file · policy joelclaw · Kubernetes 1.35 · 240 ms\n',
    )
  })

  test('shows the lines of each place once, and the reason of each rule once', () => {
    expect(screen(sample)).toMatchInlineSnapshot(`
      "  k8s/web.yaml:11:11  Deployment joelclaw/web
             9 |     spec:
            10 |       containers:
          > 11 |         - name: main
               |           ^^^^^^^^^
          × container main has no startup probe
            expected   a startup probe
            remedy     add startupProbe
            why        a hung process stays Running
            rule       containers-have-probes · probe-missing:startup · probes.startup
          × container main has no liveness probe
            expected   a liveness probe
            remedy     add livenessProbe
            rule       containers-have-probes · probe-missing:liveness

        k8s/web.yaml:12:18  Deployment joelclaw/web
            10 |       containers:
            11 |         - name: main
          > 12 |           image: app
               |                  ^^^
          × it wants app
            expected   a tag that stays
            remedy     name the version (--fix does this)
            why        a tag that moves runs something else
            rule       images-are-pinned · no-tag · services.images-pinned

        k8s/web.yaml:15:22  Deployment joelclaw/web
            13 |           env:
            14 |             - name: …
          > 15 |               value: …
               |                      ^
          × DB_PASSWORD has a literal
            expected   a reference to a Secret
            remedy     use valueFrom.
            why        a hung process stays Running
            rule       no-plain-secrets · secret-in-variable

      ? k8s/broken.yaml:3:5 too-deep
        unknown    it is nested too deep.
        remedy     write it flatter

      ? unknown render-missing
        unknown    no helm is installed
        remedy     install helm

      not judged
        k8s/values.yaml:1 the values of a Helm chart
      waivers of other tools, ignored here
        k8s/web.yaml:4 an annotation exempts it from every check of Polaris
      × 4 findings, 1 with a certain fix (--fix) · 2 unknown · 2 waived
        1 known from the baseline · 2 objects in 2 files · policy joelclaw
        Kubernetes 1.35 · 240 ms
      "
    `)
  })

  test('in full has waived findings and those of the baseline, too', () => {
    const more = screen(sample, { full: true })
    expect(more).toContain('waived     waived by joel until 2027-01-31: a known gap')
    expect(more).toContain('b it was there before')
    expect(screen(sample)).not.toContain('it was there before')
  })

  test('shows no secret, neither in the marked line nor above it', () => {
    const secret: GateReport = {
      ...clean,
      exitCode: 1,
      findings: [
        {
          ...sample.findings[3]!,
          line: 4,
          column: 13,
          endLine: 4,
          endColumn: 99,
          object: { kind: 'Secret', name: 'x', path: [] },
        },
      ],
    }
    const text = 'kind: Secret\nstringData:\n  other: hunter2\n  password: |\n    correct horse\n'
    for (const full of [true, false]) {
      const shown =
        screen(sample, { full }) +
        screen(secret, { full, texts: new Map([['k8s/web.yaml', text]]) })
      expect(shown.match(/hunter2|horse|staple/g)).toBeNull()
    }
  })

  test('has the same text with and without colours', () => {
    const coloured = screen(sample, { colour: true })
    expect(coloured).toContain('\u001b[31m×\u001b[39m')
    expect(stripVTControlCharacters(coloured)).toBe(screen(sample))
    expect(screen(hostile, { full: true })).not.toContain('\u001b')
  })

  test.for([80, 120])('fits into %d columns', width => {
    for (const report of [sample, hostile]) {
      const long = screen(report, {
        width,
        full: true,
        texts: new Map([
          [
            'k8s/web.yaml',
            webYaml
              .split('\n')
              .map(line => line + ' #'.repeat(200))
              .join('\n'),
          ],
        ]),
      }).split('\n')
      expect(long.filter(line => line.length > width)).toEqual([])
    }
  })

  test('shows the first 40 findings in full and the rest on one line each', () => {
    const many: GateReport = {
      ...clean,
      exitCode: 1,
      findings: Array.from({ length: 60 }, (_, index) => ({
        ...sample.findings[0]!,
        line: index + 1,
        fingerprint: String(index),
      })),
    }
    const lines = screen(many).split('\n')
    expect(lines.filter(line => line.startsWith('    × '))).toHaveLength(40)
    expect(lines.filter(line => /^ {2}k8s\/web\.yaml:\d+:11 × /.test(line))).toHaveLength(20)
    expect(
      screen(many, { full: true })
        .split('\n')
        .filter(line => line.startsWith('    × ')),
    ).toHaveLength(60)
  })

  test('without the texts of the files shows everything but their lines', () => {
    expect(screen(sample, { texts: new Map() })).toContain('container main has no startup probe')
  })
})
