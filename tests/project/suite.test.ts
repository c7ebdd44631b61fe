// The suite as a whole: everything is covered, and every name refers to something that exists.
import { describe, expect, test } from 'vitest'
import { clusterNames, loadPolicy } from '#src/runs/clusters.ts'
import { fixes } from '#helpers/fixes.ts'
import { requireKnownProofs, unproven } from '#src/runs/coverage.ts'
import { faults } from '#helpers/faults.ts'
import { platforms } from '#helpers/listed.ts'
import { harms, ms, type Policy } from '#helpers/index.ts'
import { byFile, drills } from '#specs/chaos/index.ts'
import { bySection, invariants } from '#specs/invariants/index.ts'
import { importsOf, projectFiles, sources, type Source } from './source.ts'

const policies = new Map(
  await Promise.all(clusterNames().map(async name => [name, await loadPolicy(name)] as const)),
)
const active = [...policies.values()].filter(policy => policy.status === 'active')
const planned = [...policies.values()].filter(policy => policy.status === 'planned')
const joelclaw = policies.get('joelclaw')!

const definitions = [...invariants, ...drills, ...fixes]
const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)
const source = (path: string): Source => sources.find(candidate => candidate.path === path)!
const filesIn = (folder: string, ending: string): readonly string[] =>
  projectFiles.filter(
    path =>
      path.startsWith(`${folder}/`) &&
      path.endsWith(ending) &&
      !path.endsWith('.test.ts') &&
      path !== `${folder}/index.ts`,
  )
const importedBy = (path: string): readonly string[] =>
  importsOf(source(path)).flatMap(({ to }) => to ?? [])
/** Names of constants that a file exports and makes with one of these makers. */
const made = ({ code }: Source, maker: string): readonly string[] =>
  [...code.matchAll(new RegExp(`^export const (\\w+) = ${maker}\\b`, 'gm'))].map(
    match => match[1] ?? '',
  )

/**
 * What only the policy of a node that was started can say: the word by which its kubelet is found
 * there.
 */
const foundOnTheNode = { drills: ['kubelet-falls-silent'], faults: ['node.stop-kubelet'] }

describe('coverage', () => {
  test('every active clause of an active policy has a proof', () => {
    expect(active).toContain(joelclaw)
    expect(active.flatMap(unproven).map(({ id }) => id)).toEqual([])
  })

  test('every proof that a clause names is defined', () => {
    for (const policy of policies.values()) expect(() => requireKnownProofs(policy)).not.toThrow()
  })

  test('every definition proves a clause of some policy', () => {
    const proofs = new Set(
      [...policies.values()].flatMap(({ clauses }) => clauses.flatMap(({ provenBy }) => provenBy)),
    )
    const named = [
      ...invariants.map(({ name }) => name),
      ...drills.map(({ name }) => `drill:${name}`),
      ...fixes.map(({ name }) => `fix:${name}`),
    ]
    expect(named.filter(name => !proofs.has(name))).toEqual([])
  })

  test('a planned policy has only planned clauses, each with a source', () => {
    expect(
      planned.map(({ cluster, clauses }) => ({
        cluster,
        some: clauses.length > 10,
        active: clauses.filter(({ status }) => status !== 'planned'),
      })),
    ).toEqual([
      { cluster: 'honeydue', some: true, active: [] },
      { cluster: 'tazlab', some: true, active: [] },
    ])
  })
})

describe('names', () => {
  test('are kebab-case and belong to one definition', () => {
    const names = definitions.map(({ name }) => name)
    expect(twice([...names, ...joelclaw.clauses.map(({ id }) => id)])).toEqual([])
    expect(names.filter(name => !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$|^uncordon$/.test(name))).toEqual([])
  })

  test('of faults are <subject>.<verb> and belong to one fault', () => {
    expect([...faults.keys()].filter(name => !/^[a-z]+\.[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
  })

  test('of finding codes are stable and short', () => {
    const codes = invariants.flatMap(invariant => invariant.codes)
    expect(codes.length).toBeGreaterThan(80)
    expect(codes.filter(code => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code))).toEqual([])
  })
})

describe('files', () => {
  test.each(['specs/invariants', 'specs/chaos'])('%s: the index holds every spec file', folder => {
    expect(
      importedBy(`${folder}/index.ts`)
        .filter(path => path.endsWith('.spec.ts'))
        .toSorted(),
    ).toEqual(filesIn(folder, '.spec.ts'))
  })

  const platformFolders = [
    ...new Set(projectFiles.flatMap(path => /^(helpers\/[^/]+)\/index\.ts$/.exec(path)?.[1] ?? [])),
  ]

  test('platforms: the list holds every folder with an index', () => {
    expect(platformFolders.length).toBeGreaterThan(10)
    expect(importedBy('helpers/platforms.ts').toSorted()).toEqual(
      platformFolders.map(folder => `${folder}/index.ts`).toSorted(),
    )
    expect(platforms.map(({ name }) => `helpers/${name}`)).toEqual(platformFolders.toSorted())
  })

  test.each(['fault', 'fix', 'sections', 'acts', 'programs'])(
    'platforms: an index imports every file of its folder that makes its %s',
    kind => {
      const maker = new RegExp(
        kind === 'fault' || kind === 'fix'
          ? `^export const \\w+ = ${kind}\\b`
          : `^export const ${kind}\\b`,
        'm',
      )
      const makers = sources.filter(
        ({ path, code }) =>
          /^helpers\/[^/]+\//.test(path) && !path.endsWith('.test.ts') && maker.test(code),
      )
      expect(makers.length).toBeGreaterThan(1)
      const indexOf = (path: string): string => `${path.split('/').slice(0, 2).join('/')}/index.ts`
      expect(
        makers.map(({ path }) => path).filter(path => !importedBy(indexOf(path)).includes(path)),
      ).toEqual([])
    },
  )

  test('faults: the list holds every fault by its own name', () => {
    const files = projectFiles.filter(path => /^helpers\/.*faults(\/.*)?\.ts$/.test(path))
    const holders = files.filter(path => made(source(path), 'fault').length > 0)
    expect(faults.size).toBe(holders.flatMap(path => made(source(path), 'fault')).length)
    expect(
      [...faults].filter(
        ([name, fault]) =>
          fault.name !== name ||
          typeof fault.undo !== 'function' ||
          typeof fault.manualUndo !== 'function',
      ),
    ).toEqual([])
  })

  test.each([...filesIn('specs/invariants', '.spec.ts'), ...filesIn('specs/chaos', '.spec.ts')])(
    '%s hands everything that it defines to verify, last',
    path => {
      const { code } = source(path)
      const listed = /\nverify\(\s*import\.meta,\s*([\w,\s]+?),?\s*\)\s*$/
        .exec(code)?.[1]
        ?.split(/,\s*/)
      expect(listed?.toSorted()).toEqual(
        [...made(source(path), 'invariant'), ...made(source(path), 'drill')].toSorted(),
      )
    },
  )

  test('a scenario and an invariant are listed with the file that holds them', () => {
    const lost = [
      ...byFile
        .filter(({ file, drill }) => !source(file)?.text.includes(`name: '${drill.name}'`))
        .map(({ drill }) => drill.name),
      ...bySection
        .filter(
          ({ section, invariant }) =>
            !source(`specs/invariants/${section}.spec.ts`)?.text.includes(
              `name: '${invariant.name}'`,
            ),
        )
        .map(({ invariant }) => invariant.name),
    ]
    expect(lost).toEqual([])
  })
})

describe('invariants', () => {
  test('give a reason for every cluster, and no story of one', () => {
    const named = new Set([...policies.keys(), ...joelclaw.ports.map(({ name }) => name)])
    const stories = invariants.filter(({ reason }) => {
      const words = reason.toLowerCase()
      return (
        /\bonce\b|\b\d+ (days|months)|\b(days|months)\b/.test(words) ||
        words.split(/[^a-z0-9-]+/).some(word => named.has(word))
      )
    })
    expect(stories.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([])
  })

  test('name their fixes from the least harm to the most', () => {
    const wrong = invariants.filter(({ healedBy = [] }) => {
      const order = healedBy.map(({ harm }) => harms.indexOf(harm))
      return order.some((harm, index) => index > 0 && harm < (order[index - 1] ?? 0))
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  test('have subjects with one name each', () => {
    expect(
      invariants.flatMap(({ name, subjects }) =>
        twice(subjects(joelclaw).map(subject => subject.name)).map(
          subject => `${name}: ${subject}`,
        ),
      ),
    ).toEqual([])
  })

  test('ask the same question whenever its key is the same', () => {
    const byKey = Map.groupBy(
      invariants.flatMap(({ observe }) => observe(joelclaw)),
      ({ key }) => key,
    )
    const different = [...byKey].filter(
      ([, questions]) =>
        new Set(
          questions.map(({ description, origin, needs, deadline }) =>
            JSON.stringify([description, origin, needs, deadline]),
          ),
        ).size > 1,
    )
    expect(different.map(([key]) => key)).toEqual([])
  })
})

describe('fixes', () => {
  test('are each named by an invariant, because nothing else can call for one', () => {
    const defined = projectFiles
      .filter(path => path.startsWith('helpers/') && path.endsWith('.ts'))
      .flatMap(path => made(source(path), 'fix'))
    expect(fixes).toHaveLength(defined.length)
  })

  test('with consequences confirm their reason, or wait for a cooldown', () => {
    const hasty = fixes.filter(
      ({ harm, confirm, cooldown }) =>
        harms.indexOf(harm) >= harms.indexOf('restarts a pod') &&
        confirm === undefined &&
        cooldown === undefined,
    )
    expect(hasty.map(({ name }) => name)).toEqual([])
  })
})

describe('drills', () => {
  const giveUp = (drill: (typeof drills)[number]): number =>
    drill.giveUp === undefined ? 2 * ms(drill.budgets.recovered) : ms(drill.giveUp)

  test('have budgets within their limit, and none longer than the recovery', () => {
    const wrong = drills.flatMap(drill =>
      Object.entries(drill.budgets).flatMap(([milestone, budget]) =>
        ms(budget) <= giveUp(drill) && ms(budget) <= ms(drill.budgets.recovered)
          ? []
          : [`${drill.name}: ${milestone} ${budget}`],
      ),
    )
    expect(wrong).toEqual([])
    expect(
      drills.filter(drill => ms(drill.budgets.recovered) >= giveUp(drill)).map(({ name }) => name),
    ).toEqual([])
  })

  test('are noticed by invariants of their steady state, within the recovery', () => {
    const wrong = drills.flatMap(drill =>
      drill.breaks
        .filter(
          ({ invariant, within }) =>
            !drill.steadyState.includes(invariant) || ms(within) > ms(drill.budgets.recovered),
        )
        .map(({ invariant }) => `${drill.name}: ${invariant.name}`),
    )
    expect(wrong).toEqual([])
    expect(drills.filter(({ breaks }) => breaks.length === 0).map(({ name }) => name)).toEqual([])
  })

  test('stay stable for longer than a look, and no longer than their recovery may last', () => {
    expect(
      drills
        .filter(
          ({ stability, budgets }) =>
            ms(stability) < 10_000 || ms(stability) > ms(budgets.recovered),
        )
        .map(({ name }) => name),
    ).toEqual([])
  })

  test('expect fixes that are there, when holdfast is on trial and only then', () => {
    const known = new Set(fixes.map(({ name }) => name))
    expect(
      drills.flatMap(({ name, expects }) =>
        expects.filter(fix => !known.has(fix)).map(fix => `${name}: ${fix}`),
      ),
    ).toEqual([])
    expect(
      drills
        .filter(({ healer, expects }) => (healer === 'holdfast') !== expects.length > 0)
        .map(({ name }) => name),
    ).toEqual([])
  })

  test('inject faults that can be undone by their name', () => {
    const bound = active.flatMap(policy =>
      drills.flatMap(drill =>
        [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)].map(({ name }) => ({
          drill: drill.name,
          name,
        })),
      ),
    )
    expect(bound.filter(({ name }) => !faults.has(name))).toEqual([])
    expect(
      drills
        .filter(drill => active.every(policy => drill.faults(policy).length === 0))
        .map(({ name }) => name),
    ).toEqual(foundOnTheNode.drills)
  })

  test('use every fault at least once', () => {
    const used = new Set(
      active.flatMap(policy =>
        drills.flatMap(drill =>
          [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)].map(({ name }) => name),
        ),
      ),
    )
    expect([...faults.keys()].filter(name => !used.has(name))).toEqual(foundOnTheNode.faults)
  })

  test('watch services that the policy maps', () => {
    const ports = new Set(joelclaw.ports.map(({ name }) => name))
    expect(
      drills.flatMap(drill =>
        (drill.services?.(joelclaw) ?? [])
          .filter(port => !ports.has(port))
          .map(port => `${drill.name}: ${port}`),
      ),
    ).toEqual([])
  })
})

describe('the policies', () => {
  test('rotate through existing drills; joelclaw through all that apply to it', () => {
    const known = drills.map(({ name }) => name)
    expect(
      [...policies.values()].flatMap(({ cluster, nightly }) =>
        nightly.rotation.filter(name => !known.includes(name)).map(name => `${cluster}: ${name}`),
      ),
    ).toEqual([])
    expect(joelclaw.nightly.rotation.toSorted()).toEqual(
      drills
        .filter(drill => drill.faults(joelclaw).length > 0)
        .map(({ name }) => name)
        .toSorted(),
    )
  })

  test('waive findings that are possible, on existing subjects', () => {
    const problems = ({ waivers }: Policy): readonly string[] =>
      waivers.flatMap(({ invariant: name, subject, findings }) => {
        const invariant = invariants.find(candidate => candidate.name === name)
        if (invariant === undefined) return [`there is no invariant ${name}`]
        return [
          ...(invariant.subjects(joelclaw).some(candidate => candidate.name === subject)
            ? []
            : [`${name} has no subject ${subject}`]),
          ...findings
            .filter(code => !invariant.codes.includes(code.split(':')[0] ?? code))
            .map(code => `${name} knows no finding ${code}`),
        ]
      })
    expect(joelclaw.waivers.length).toBeGreaterThan(0)
    expect([...policies.values()].flatMap(problems)).toEqual([])
  })
})
