// Compares the documents other than the README with the code: their commands, and figures that the
// code knows.
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { signals } from '#helpers/kubernetes/signals.ts'
import { readArguments } from '#src/cli/arguments.ts'
import { generalHelp } from '#src/cli/help.ts'
import { rbacYaml } from '#src/engine/guards/roles.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { schemaFor } from '#src/schema/schema.ts'
import { minorOf } from '#src/schema/versions.ts'
import { invariants } from '#specs/invariants/index.ts'
import { lineInWords } from './shell-line.ts'
import { projectFiles, textOf } from './source.ts'

const readme = textOf('README.md')

describe('commands of the other documents', () => {
  const documents = projectFiles.filter(path => path.endsWith('.md') && path !== 'README.md')
  /** What stands between backticks, and the lines of shell blocks. */
  const texts = documents.flatMap(path => {
    const text = textOf(path)
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(match =>
      (match[1] ?? '').split('\n'),
    )
    const spans = [...text.matchAll(/(?<!`)`([^`\n]+)`/g)].map(match => match[1] ?? '')
    return [...blocks, ...spans].map(line => ({ path, line }))
  })
  const starting = (program: RegExp) =>
    texts.flatMap(({ path, line }) => {
      const found = program.exec(line)
      return found === null ? [] : [{ path, line, rest: line.slice(found.index + found[0].length) }]
    })

  test('have verbs and flags that are there', () => {
    const lines = starting(/^(?:.*\| )?(?:npx )?holdfast (?=[a-z])/)
    expect(lines.length).toBeGreaterThan(15)
    for (const { rest } of lines)
      expect(() =>
        readArguments(lineInWords(rest.replaceAll(/<[^>]+>/g, 'x').replaceAll('…', 'x')).words, {}),
      ).not.toThrow()
  })

  test('are npm scripts that are there, and files that Node can start', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf('package.json')))
    const npm = starting(/\bnpm run /).map(({ rest }) => /^[\w:]+/.exec(rest)?.[0] ?? '')
    expect(npm.length).toBeGreaterThan(8)
    expect(npm.filter(name => scripts[name] === undefined)).toEqual([])
    const files = starting(/\bnode (?=\w+\/)/).map(({ rest }) => rest.split(/[\s']/)[0] ?? '')
    expect(files.length).toBeGreaterThan(8)
    expect(files.filter(path => !projectFiles.includes(path))).toEqual([])
  })
})

describe('figures of the documents', () => {
  test('are those of the exit codes', () => {
    const codes = [...Object.values(exits), 129, 130, 143]
    const listed = {
      'README.md': readme.split('**Exit codes.**')[1]?.split('\n\n')[0] ?? '',
      'docs/decisions/0004-exit-codes.md': textOf('docs/decisions/0004-exit-codes.md'),
      'holdfast --help': generalHelp(),
    }
    const missing = Object.entries(listed).flatMap(([where, text]) =>
      codes
        .filter(code => !new RegExp(`\\b${code}\\b`).test(text))
        .map(code => `${where}: ${code}`),
    )
    expect(missing).toEqual([])
  })

  test('are those of the incidents of a night on the lab', async () => {
    const { nightly } = await loadPolicy('joelclaw')
    expect(nightly.rotation.length).toBe(15)
    expect(readme).toContain('and fifteen incidents with their repairs')
  })

  test('are those of the versions of Kubernetes that are packed', () => {
    const versions = schemaFor('1.35')
      .all()
      .map(({ version }) => version)
    const range = `1.${minorOf(versions.at(0) ?? '')} to 1.${minorOf(versions.at(-1) ?? '')}`
    const stating = ['README.md', 'CHANGELOG.md', 'docs/schema.md']
    expect(stating.filter(path => !textOf(path).includes(`Kubernetes ${range}`))).toEqual([])
  })
})

describe('the account of the CronJob', () => {
  const role = z.object({
    kind: z.enum(['ClusterRole', 'Role']),
    metadata: z.object({ name: z.literal('holdfast-check') }),
    rules: z.array(
      z.object({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        resourceNames: z.array(z.string()).default([]),
        verbs: z.array(z.string()),
      }),
    ),
  })
  /** What the roles of holdfast-check allow: `list apps/deployments`, `get /namespaces name`. */
  const allowedBy = (text: string): readonly string[] =>
    parseAllDocuments(text)
      .flatMap(document => role.safeParse(document.toJS()).data?.rules ?? [])
      .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.flatMap(group =>
          resources.flatMap(resource =>
            verbs.map(verb => `${verb} ${group}/${resource} ${resourceNames.join(',')}`.trim()),
          ),
        ),
      )
  const given = allowedBy(textOf('deploy/kubernetes/access.yaml'))

  test.each(['joelclaw', 'sandbox'])('may read what %s asks for, less Secrets', async name => {
    const policy = await loadPolicy(name)
    const needed = allowedBy(rbacYaml(policy, { invariants, drills: [], signals }))
    expect(needed.length).toBeGreaterThan(10)
    expect(needed.filter(each => !given.includes(each) && each !== 'list /secrets')).toEqual([])
  })

  test('may only read', () => {
    expect(given.filter(each => !/^(get|list) /.test(each))).toEqual([])
    expect(given.filter(each => each.includes('secrets'))).toEqual([])
  })
})
