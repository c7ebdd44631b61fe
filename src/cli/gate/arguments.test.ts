// The flags of holdfast gate: their meaning, and the message for each mistake.
import { describe, expect, test } from 'vitest'
import { readArguments } from '#src/cli/arguments.ts'
import { UsageError } from '#src/runs/settings.ts'

const read = (...argv: string[]) => readArguments(['gate', ...argv], {})
const mistake = (...argv: string[]): string => {
  try {
    read(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'no mistake'
}

describe('the flags of the gate', () => {
  test('without any', () => {
    expect(read('k8s/', '-')?.gate).toEqual({
      fix: false,
      dryRun: false,
      helm: false,
      kustomize: false,
      values: [],
      namespace: 'default',
      baseline: undefined,
      outputs: [{ format: 'terminal' }],
      live: false,
      kubernetes: undefined,
    })
    expect(read('k8s/', '-')?.words).toEqual(['k8s/', '-'])
  })

  test('all of them', () => {
    expect(
      read(
        'k8s',
        '--fix',
        '--dry-run',
        '--helm',
        '--kustomize',
        '--values',
        'a.yaml',
        '--values',
        'b.yaml',
        '-n',
        'team',
        '--baseline',
        'b.json',
        '--live',
        '--kubernetes',
        'v1.34',
      )?.gate,
    ).toMatchObject({
      fix: true,
      dryRun: true,
      helm: true,
      kustomize: true,
      values: ['a.yaml', 'b.yaml'],
      namespace: 'team',
      baseline: 'b.json',
      live: true,
      kubernetes: 'v1.34',
    })
    expect(read('k8s', '--cluster', 'tazlab', '--only', 'probes.*', '--full')).toMatchObject({
      settings: { cluster: 'tazlab', only: 'probes.*' },
      full: true,
    })
  })

  test.for<[words: string[], outputs: unknown]>([
    [['--format', 'sarif'], [{ format: 'sarif' }]],
    [['--json'], [{ format: 'json' }]],
    [
      ['--format', 'json', '-o', 'x.json'],
      [{ format: 'json', file: 'x.json' }, { format: 'terminal' }],
    ],
    [
      ['--format', 'sarif=a.sarif', '--format', 'junit=b.xml'],
      [
        { format: 'sarif', file: 'a.sarif' },
        { format: 'junit', file: 'b.xml' },
        { format: 'terminal' },
      ],
    ],
    [
      ['--format', 'github,sarif=a.sarif'],
      [{ format: 'github' }, { format: 'sarif', file: 'a.sarif' }],
    ],
  ])('reports by %j', ([words, outputs]) => {
    expect(read('k8s', ...words)?.gate?.outputs).toEqual(outputs)
  })

  test('a mistake names the value and the remedy', () => {
    expect([
      mistake('--format', 'xml'),
      mistake('--format', 'sarif='),
      mistake('--format', 'sarif', '--format', 'json'),
      mistake('--json', '--format', 'github'),
      mistake('-o', 'x'),
      mistake('--format', 'json=x', '--format', 'sarif=x'),
      mistake('--dry-run'),
      mistake('--values', 'x'),
      mistake('-n', 'Not_one'),
      mistake('--kubernetes', 'latest'),
      mistake('--kubernetes', '1.35abc'),
      mistake('--target', 'live'),
      mistake('--fixx'),
    ]).toEqual([
      'Unknown format “xml” in --format. Formats: terminal, sarif, junit, json, github, ' +
        'openreports; e.g. --format sarif=gate.sarif --format terminal.',
      '--format sarif= names no file: write --format sarif=<file>, or --format sarif for stdout.',
      'Only one format can go to stdout, but sarif and json would: give files, e.g. --format ' +
        'json=gate.json.',
      'Only one format can go to stdout, but github and json would: give files, e.g. ' +
        '--format json=gate.json.',
      '--output x is for the format that has no file yet: give one, e.g. --format json --output x.',
      'Two formats would be written to x: give each its own file.',
      '--dry-run needs --fix: holdfast gate --fix --dry-run shows what would change; without ' +
        '--fix nothing does.',
      '--values needs --helm: holdfast gate --helm <chart> --values <file>.',
      '“Not_one” is not a namespace: use lower-case letters, digits and -, e.g. --namespace ' +
        'joelclaw.',
      '“latest” is not a version of Kubernetes, e.g. --kubernetes 1.35.',
      '“1.35abc” is not a version of Kubernetes, e.g. --kubernetes 1.35.',
      'Unknown flag --target for holdfast gate. holdfast gate --help lists its flags.',
      'Unknown flag --fixx for holdfast gate. Did you mean “--fix”? holdfast gate --help ' +
        'lists its flags.',
    ])
  })

  test('of a run’s environment the gate reads only the cluster', () => {
    expect(readArguments(['gate', 'k8s'], { HOLDFAST_CLUSTER: 'tazlab' })?.settings.cluster).toBe(
      'tazlab',
    )
  })
})
